/** A sparse matrix in a model's folder: `row-start.i32`, `columns.i32`, `weights.f32`. 8 bytes an entry. */
import { readFloats, readIntegers, writeArrays } from '../arrays.ts';
import type { SparseMatrix } from './matrix.ts';

export async function writeSparse(folder: string, { rowStart, index, values }: SparseMatrix): Promise<void> {
  await writeArrays(folder, { 'row-start': rowStart, columns: index, weights: values });
}

/** Reads what {@link writeSparse} wrote. Throws DataError where it is of another shape. */
export async function readSparse(
  folder: string,
  { rows, columns }: Pick<SparseMatrix, 'rows' | 'columns'>,
): Promise<SparseMatrix> {
  const rowStart = await readIntegers(folder, 'row-start', rows + 1);
  const entries = rowStart[rows] as number;
  const index = await readIntegers(folder, 'columns', entries);
  return { rows, columns, rowStart, index, values: await readFloats(folder, 'weights', entries) };
}
