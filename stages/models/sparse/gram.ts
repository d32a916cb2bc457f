import { overlaps, type SparseMatrix } from './matrix.ts';

/**
 * M Mᵀ of a matrix of ones, dense: how many columns two rows share.
 *
 * @returns `[rows, rows]`, row-major. Whole numbers, exact in float32 below 2²⁴. 4 bytes a pair: 11 MB for 1,653 rows,
 * 400 MB for 10,000.
 */
export function gramOf(matrix: SparseMatrix): Float32Array {
  const common = overlaps(matrix);
  const gram = new Float32Array(matrix.rows ** 2);
  for (let row = 0; row < matrix.rows; row++) gram.set(common(row), row * matrix.rows);
  return gram;
}
