/** Scores of users a block at a time, in one product each. */
import type { Scorer } from './model.ts';

const blockSize = 256;

/**
 * A user's block is always the same rows in the same order, whoever else is asked for: a matrix product's last bits
 * depend on its shape. Asked in rising order, each block is computed once.
 *
 * @param score rows `from` up to, not including, `to`: `[to - from, items]`, row-major.
 */
export function blockScorer(
  shape: { readonly users: number; readonly items: number },
  score: (from: number, to: number) => Float32Array,
  dispose: () => void,
): Scorer {
  const { items } = shape;
  let current: { readonly from: number; readonly scores: Float32Array } | undefined;
  const blockOf = (user: number) => {
    const from = user - (user % blockSize);
    if (current?.from !== from) current = { from, scores: score(from, Math.min(from + blockSize, shape.users)) };
    return current;
  };
  return {
    items,
    async scores(users) {
      const rows = new Float32Array(users.length * items);
      users.forEach((user, i) => {
        const { from, scores } = blockOf(user);
        rows.set(scores.subarray((user - from) * items, (user - from + 1) * items), i * items);
      });
      return rows;
    },
    dispose,
  };
}
