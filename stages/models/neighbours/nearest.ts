/** The k most similar rows of each row. */
import type { TrainContext } from '../model.ts';
import { countParam } from '../model-params.ts';
import { pacer } from '../pace.ts';
import { matrixOf, overlaps, rowSizes, type SparseMatrix, type SparseRow, strongest } from '../sparse/matrix.ts';
import { type Similarity, similarityOf } from './similarity.ts';

/** A function of the row: the columns of its k nearest others, with their similarity. Rows with nothing in common are none. */
export function nearest(matrix: SparseMatrix, similarity: Similarity, k: number): (row: number) => SparseRow {
  const common = overlaps(matrix);
  const sizes = rowSizes(matrix);
  return (row) => {
    const own = sizes[row] as number;
    const weights = common(row).map((both, other) =>
      both === 0 || other === row ? 0 : similarity(both, own, sizes[other] as number),
    );
    return strongest(weights, k);
  };
}

/** `[rows, rows]`: each row's nearest, by `model.knn`. */
export async function neighboursOf(matrix: SparseMatrix, context: TrainContext, unit: string): Promise<SparseMatrix> {
  const { params } = context;
  const rowOf = nearest(matrix, similarityOf(params), countParam(params, 'knn.neighbours'));
  const pace = pacer(context, matrix.rows, unit);
  const rows: SparseRow[] = [];
  for (let row = 0; row < matrix.rows; row++) {
    rows.push(rowOf(row));
    await pace(row + 1);
  }
  return matrixOf(rows, matrix.rows);
}
