/** A batch of rows as tensors: their histories, what is shown of the generator's output, and what it should bring to 0. */
import * as tf from '@tensorflow/tfjs-core';
import type { Interactions } from '../../datasets/interactions.ts';
import type { RandomStream } from '../../random-stream.ts';
import { denseRows } from '../rows.ts';
import { drawNegatives, type EntryMask } from './negatives.ts';
import type { CfganSettings } from './settings.ts';

/** All `[batch, columns]`. The caller frees them. */
export interface Batch {
  /** r */
  readonly history: tf.Tensor2D;
  /** e + k */
  readonly shown: tf.Tensor2D;
  /** N; undefined where nothing is to be brought to 0. */
  readonly zeros: tf.Tensor2D | undefined;
}

/** A round's negative sets of all rows, and the batches made with them. */
export function drawRound(
  rows: Interactions,
  settings: CfganSettings,
  streamOf: (name: string) => RandomStream,
): (batch: Int32Array) => Batch {
  const { partialMasking, zeroReconstruction, negatives, alpha } = settings;
  const masked = drawNegatives(rows, partialMasking, streamOf('partial-masking'));
  const zeros =
    negatives === 'shared' ? masked : drawNegatives(rows, zeroReconstruction, streamOf('zero-reconstruction'));
  return (batch) => {
    const history = denseRows(rows, batch);
    return {
      history,
      shown: tf.add(history, maskRows(masked, batch, rows.items)),
      zeros: alpha > 0 ? maskRows(zeros, batch, rows.items) : undefined,
    };
  };
}

function maskRows(mask: EntryMask, batch: Int32Array, columns: number): tf.Tensor2D {
  const values = new Float32Array(batch.length * columns);
  batch.forEach((row, at) => {
    values.set(mask.subarray(row * columns, (row + 1) * columns), at * columns);
  });
  return tf.tensor2d(values, [batch.length, columns]);
}
