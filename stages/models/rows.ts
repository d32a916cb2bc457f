/** Rows of a sparse matrix as dense batches, and the order in which batches take them. */
import * as tf from '@tensorflow/tfjs-core';
import { type Interactions, interactionsOf } from '../datasets/interactions.ts';
import type { RandomStream } from '../random-stream.ts';
import type { Ones } from './network/operations.ts';

/** `[rows.length, items]`, 0 where there is no entry: the values of the rows. The caller frees it. */
export function denseRows(matrix: Interactions, rows: ArrayLike<number>): tf.Tensor2D {
  const { items, rowStart, columns, values } = matrix;
  const dense = new Float32Array(rows.length * items);
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at] as number;
    for (let i = rowStart[row] as number; i < (rowStart[row + 1] as number); i++)
      dense[at * items + (columns[i] as number)] = values[i] as number;
  }
  return tf.tensor2d(dense, [rows.length, items]);
}

/** Where the rows have entries: where the ones of {@link denseRows} of a {@link binary} matrix are. */
export function onesOf({ rowStart, columns }: Interactions, rows: Int32Array): Ones {
  const lengths = rows.map((row) => (rowStart[row + 1] as number) - (rowStart[row] as number));
  const size = lengths.reduce((sum, length) => sum + length, 0);
  const ones = { rows: new Int32Array(size), columns: new Int32Array(size) };
  let end = 0;
  rows.forEach((row, at) => {
    const start = end;
    end += lengths[at] as number;
    ones.rows.fill(at, start, end);
    ones.columns.set(columns.subarray(rowStart[row], rowStart[row + 1]), start);
  });
  return ones;
}

/** `from`, `from + 1`, … up to, not including, `to`. */
export function range(from: number, to: number): Int32Array {
  return Int32Array.from({ length: to - from }, (_, i) => from + i);
}

/** The same entries with value 1: who liked what, not how much. */
export function binary(interactions: Interactions): Interactions {
  return { ...interactions, values: interactions.values.map(() => 1) };
}

/** Items as rows and users as columns. */
export function transpose({ users, items, rowStart, columns, values }: Interactions): Interactions {
  const entries = Array.from(columns, (item, i) => ({ user: item, item: 0, value: values[i] as number }));
  for (let user = 0; user < users; user++)
    for (let i = rowStart[user] as number; i < (rowStart[user + 1] as number); i++)
      (entries[i] as { item: number }).item = user;
  return interactionsOf(entries, { users: items, items: users });
}

/** One pass over all rows in a drawn order, in batches of `size`; the last is smaller where the rows do not divide. */
export function shuffledPass(rows: number, size: number, random: RandomStream): Int32Array[] {
  const order = random.shuffle(range(0, rows));
  return Array.from({ length: Math.ceil(rows / size) }, (_, i) => order.subarray(i * size, (i + 1) * size));
}
