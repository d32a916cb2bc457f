/** A training part as a dense matrix, and the batches drawn from its rows. */
import * as tf from '@tensorflow/tfjs-core';
import { type Interactions, interactionsOf } from '../datasets/interactions.ts';
import type { RandomStream } from '../random-stream.ts';

/** `[users, items]`, 0 where there is no entry. The caller frees it. */
export function denseMatrix({ users, items, rowStart, columns, values }: Interactions): tf.Tensor2D {
  const dense = new Float32Array(users * items);
  for (let user = 0; user < users; user++)
    for (let i = rowStart[user] as number; i < (rowStart[user + 1] as number); i++)
      dense[user * items + (columns[i] as number)] = values[i] as number;
  return tf.tensor2d(dense, [users, items]);
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

/** Batches of `size` rows in shuffled passes over all: every row once before any again; a batch may span two passes. */
export function shuffledBatches(rows: number, size: number, random: RandomStream): () => Int32Array {
  const order = Int32Array.from({ length: rows }, (_, row) => row);
  let next = rows;
  return () =>
    Int32Array.from({ length: size }, () => {
      if (next === rows) {
        random.shuffle(order);
        next = 0;
      }
      return order[next++] as number;
    });
}
