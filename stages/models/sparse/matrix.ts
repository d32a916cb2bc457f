/** Compressed sparse rows of weights, and what the linear baselines do with them. */
import type { Interactions } from '../../datasets/interactions.ts';

export interface SparseMatrix {
  readonly rows: number;
  readonly columns: number;
  /** `[rows + 1]`: the entries of row r are `rowStart[r]` up to, not including, `rowStart[r + 1]`. */
  readonly rowStart: Int32Array;
  /** `[entries]`: the column of each entry, rising within a row. */
  readonly index: Int32Array;
  /** `[entries]` */
  readonly values: Float32Array;
}

/** Some columns of one row, rising, and their values. */
export interface SparseRow {
  readonly index: Int32Array;
  readonly values: ArrayLike<number>;
}

/** Who liked what, not how much: `[users, items]` of ones. */
export function likes({ users, items, rowStart, columns }: Interactions): SparseMatrix {
  return { rows: users, columns: items, rowStart, index: columns, values: new Float32Array(columns.length).fill(1) };
}

/** Columns of one row: a view, not a copy. */
export function indexOf({ rowStart, index }: SparseMatrix, row: number): Int32Array {
  return index.subarray(rowStart[row], rowStart[row + 1]);
}

/** `[rows]`: how many entries each row has. */
export function rowSizes({ rowStart }: SparseMatrix): Int32Array {
  return rowStart.slice(1).map((end, row) => end - (rowStart[row] as number));
}

export function matrixOf(rows: readonly SparseRow[], columns: number): SparseMatrix {
  const rowStart = new Int32Array(rows.length + 1);
  rows.forEach(({ index }, row) => {
    rowStart[row + 1] = (rowStart[row] as number) + index.length;
  });
  const entries = rowStart[rows.length] as number;
  const matrix = {
    rows: rows.length,
    columns,
    rowStart,
    index: new Int32Array(entries),
    values: new Float32Array(entries),
  };
  rows.forEach(({ index, values }, row) => {
    matrix.index.set(index, rowStart[row]);
    matrix.values.set(values, rowStart[row]);
  });
  return matrix;
}

/** By counting sort: linear in the entries. */
export function transposed({ rows, columns, rowStart, index, values }: SparseMatrix): SparseMatrix {
  const next = new Int32Array(columns + 1);
  for (const column of index) next[column + 1] = (next[column + 1] as number) + 1;
  for (let column = 0; column < columns; column++)
    next[column + 1] = (next[column + 1] as number) + (next[column] as number);
  const turned = { rows: columns, columns: rows, rowStart: next.slice(), index: index.slice(), values: values.slice() };
  for (let row = 0; row < rows; row++)
    for (let i = rowStart[row] as number; i < (rowStart[row + 1] as number); i++) {
      const column = index[i] as number;
      const at = next[column] as number;
      next[column] = at + 1;
      turned.index[at] = row;
      turned.values[at] = values[i] as number;
    }
  return turned;
}

/**
 * Rows of M·diag(shared)·Mᵀ for a matrix of ones M, one at a time: with `shared` of ones, how many columns two rows have
 * in common. Takes time linear in the pairs of entries that share a column, and memory for a single row.
 *
 * @param shared `[columns]`: what a common column counts; 1 where absent.
 * @returns a function of the row that gives `[rows]`, the same array each time, valid until the next call.
 */
export function overlaps(matrix: SparseMatrix, shared?: Float64Array): (row: number) => Float64Array {
  const byColumn = transposed(matrix);
  const sums = new Float64Array(matrix.rows);
  return (row) => {
    sums.fill(0);
    for (const column of indexOf(matrix, row)) {
      const weight = shared === undefined ? 1 : (shared[column] as number);
      const end = byColumn.rowStart[column + 1] as number;
      for (let i = byColumn.rowStart[column] as number; i < end; i++) {
        const other = byColumn.index[i] as number;
        sums[other] = (sums[other] as number) + weight;
      }
    }
    return sums;
  };
}

/**
 * The k largest of the weights above 0 in a total order: weight falling, then the lower index.
 *
 * @param k 0 takes all.
 * @returns columns rising, not by weight.
 */
export function strongest(weights: Float64Array, k: number): SparseRow {
  const positive = weights.filter((weight) => weight > 0).sort();
  const all = k === 0 || positive.length <= k;
  const least = all ? 0 : (positive[positive.length - k] as number);
  let ties = all ? 0 : k - (positive.length - positive.lastIndexOf(least) - 1);
  const index: number[] = [];
  for (let column = 0; column < weights.length; column++) {
    const weight = weights[column] as number;
    if (weight > least || (weight === least && ties-- > 0)) index.push(column);
  }
  return { index: Int32Array.from(index), values: index.map((column) => weights[column] as number) };
}
