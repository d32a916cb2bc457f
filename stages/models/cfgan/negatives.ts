/**
 * Negative entries: some of what a row does not hold, drawn anew for every batch. Zero reconstruction and partial masking
 * each draw a set of their own, from streams of their own (the authors: "two separate negative sets").
 */
import * as tf from '@tensorflow/tfjs-core';
import { type Interactions, itemsOf } from '../../datasets/interactions.ts';
import type { RandomStream } from '../../random-stream.ts';

/**
 * For each row, `round(share · unobserved)` of its unobserved entries, without replacement.
 *
 * @returns `[rows.length, columns]`: 1 where chosen, else 0.
 */
export function drawNegatives(
  matrix: Interactions,
  rows: Int32Array,
  share: number,
  random: RandomStream,
): tf.Tensor2D {
  const mask = new Float32Array(rows.length * matrix.items);
  rows.forEach((row, i) => {
    const own = mask.subarray(i * matrix.items, (i + 1) * matrix.items);
    chooseUnobserved(itemsOf(matrix, row), share, random, own);
  });
  return tf.tensor2d(mask, [rows.length, matrix.items]);
}

function chooseUnobserved(observed: Int32Array, share: number, random: RandomStream, mask: Float32Array): void {
  mask.fill(1);
  for (const item of observed) mask[item] = 0;
  const open = new Int32Array(mask.length);
  let length = 0;
  for (let item = 0; item < mask.length; item++) if (mask[item] === 1) open[length++] = item;
  const wanted = Math.round(share * length);
  // Whichever is fewer is drawn, those to take or those to leave: the same distribution.
  const leave = wanted > length / 2;
  const drawn = leave ? length - wanted : wanted;
  if (!leave) mask.fill(0);
  for (let i = 0; i < drawn; i++) {
    const j = i + random.integer(length - i);
    const item = open[j] as number;
    open[j] = open[i] as number;
    mask[item] = leave ? 0 : 1;
  }
}
