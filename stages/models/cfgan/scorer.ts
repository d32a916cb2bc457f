/** Scores of a CFGAN generator from the histories it was trained on. */
import type { Interactions } from '../../datasets/interactions.ts';
import { blockScorer } from '../block-scorer.ts';
import type { Scorer } from '../model.ts';
import type { DenseNetwork } from '../network/dense.ts';
import { forward, numbersOf, outputOf } from '../network/passes.ts';
import { denseRows, range } from '../rows.ts';

/** @param histories users' rows, or items' where those are the rows. */
export function cfganScorer(
  generator: DenseNetwork,
  histories: Interactions,
  orientation: 'user' | 'item',
  dispose: () => void,
): Scorer {
  const { users: rows, items: columns } = histories;
  const score = (from: number, to: number): Float32Array =>
    numbersOf(() => outputOf(forward(generator, denseRows(histories, range(from, to)))));
  if (orientation === 'user') return blockScorer({ users: rows, items: columns }, score, dispose);
  // A user's scores are a column, spread over all rows: all are computed at once, when first asked for.
  let all: Float32Array | undefined;
  const columnsOf = (from: number, to: number): Float32Array => {
    all ??= score(0, rows);
    const scores = new Float32Array((to - from) * rows);
    for (let row = 0; row < rows; row++)
      for (let user = from; user < to; user++) scores[(user - from) * rows + row] = all[row * columns + user] as number;
    return scores;
  };
  return blockScorer({ users: columns, items: rows }, columnsOf, dispose);
}
