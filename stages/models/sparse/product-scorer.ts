/** Scores that are a product of two sparse matrices, a row at a time: histories × item weights, user weights × histories. */
import type { Scorer } from '../model.ts';
import type { SparseMatrix } from './matrix.ts';

/**
 * The row of a user in `left × right`, summed in float64 in the order of the left row, so the same whatever batch it
 * comes in.
 *
 * @param left `[users, m]`
 * @param right `[m, items]`
 */
export function productScorer(left: SparseMatrix, right: SparseMatrix): Scorer {
  const items = right.columns;
  const sums = new Float64Array(items);
  return {
    items,
    async scores(users) {
      const scores = new Float32Array(users.length * items);
      users.forEach((user, row) => {
        sums.fill(0);
        for (let i = left.rowStart[user] as number; i < (left.rowStart[user + 1] as number); i++)
          addRow(sums, right, left.index[i] as number, left.values[i] as number);
        scores.set(sums, row * items);
      });
      return scores;
    },
    dispose() {},
  };
}

function addRow(sums: Float64Array, { rowStart, index, values }: SparseMatrix, row: number, factor: number): void {
  const end = rowStart[row + 1] as number;
  for (let i = rowStart[row] as number; i < end; i++) {
    const column = index[i] as number;
    sums[column] = (sums[column] as number) + factor * (values[i] as number);
  }
}
