/** Dropout (Srivastava et al. 2014), inverted: what is kept is scaled up, so that a network in use needs no scaling. */
import * as tf from '@tensorflow/tfjs-core';
import type { RandomStream } from '../../random-stream.ts';

/** `[batch, size]`: 0 with probability `rate`, 1 / (1 − rate) otherwise. */
export function dropout([batch, size]: readonly [number, number], rate: number, random: RandomStream): tf.Tensor2D {
  const kept = Float32Array.from({ length: batch * size }, () => (random.uniform() < rate ? 0 : 1 / (1 - rate)));
  return tf.tensor2d(kept, [batch, size]);
}
