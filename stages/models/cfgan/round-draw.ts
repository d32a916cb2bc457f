/** A round's negative sets of all rows, and the tensors that a batch has of them. */
import * as tf from '@tensorflow/tfjs-core';
import { type Interactions, itemsOf } from '../../datasets/interactions.ts';
import type { RandomStream } from '../../random-stream.ts';
import { type Operations, operations } from '../network/operations.ts';
import { denseRows, onesOf } from '../rows.ts';
import { drawNegatives, type EntryMask } from './negatives.ts';
import type { CfganSettings } from './settings.ts';

/** Tensors of a batch of rows, all `[batch, columns]`. The caller frees them. */
export interface RoundDraw {
  /** r */
  history(rows: Int32Array): tf.Tensor2D;
  /** How products of it are taken. */
  historyProduct(rows: Int32Array): Operations['product'];
  /** e + k, the entries that the discriminator is shown. */
  shown(rows: Int32Array): tf.Tensor2D;
  /** N, the entries that zero reconstruction brings to 0. */
  zeros(rows: Int32Array): tf.Tensor2D;
}

/** Each set is drawn when it is first asked for, from a stream of its own: asking for one changes nothing of the other. */
export function drawRound(
  rows: Interactions,
  { partialMasking, zeroReconstruction, negatives }: CfganSettings,
  streamOf: (name: string) => RandomStream,
): RoundDraw {
  const masked = once(() => drawNegatives(rows, partialMasking, streamOf('partial-masking')));
  const apart = once(() => drawNegatives(rows, zeroReconstruction, streamOf('zero-reconstruction')));
  const zeros = negatives === 'shared' ? masked : apart;
  return {
    history: (batch) => denseRows(rows, batch),
    historyProduct: (batch) => {
      const ones = onesOf(rows, batch);
      const { product, onesProduct } = operations();
      return (a, b, transposed) => (transposed === undefined ? onesProduct(a, ones, b) : product(a, b, transposed));
    },
    shown: (batch) => maskRows(masked(), batch, rows.items, rows),
    zeros: (batch) => maskRows(zeros(), batch, rows.items),
  };
}

/** @param observed whose entries are chosen too. */
function maskRows(mask: EntryMask, batch: Int32Array, columns: number, observed?: Interactions): tf.Tensor2D {
  const values = new Float32Array(batch.length * columns);
  batch.forEach((row, at) => {
    values.set(mask.subarray(row * columns, (row + 1) * columns), at * columns);
    if (observed !== undefined) for (const item of itemsOf(observed, row)) values[at * columns + item] = 1;
  });
  return tf.tensor2d(values, [batch.length, columns]);
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
