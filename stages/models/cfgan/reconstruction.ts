/** Terms of the generator's loss in its own output: entries it should bring to 0, and in the ablation to 1. */
import * as tf from '@tensorflow/tfjs-core';
import type { Term } from '../network/generator.ts';
import { operations } from '../network/operations.ts';

/**
 * α · mean over the batch of the sum of the chosen outputs' squares.
 *
 * @param output `[batch, items]`
 * @param chosen the same shape, 0 or 1.
 */
export function zeroReconstruction(output: tf.Tensor2D, chosen: tf.Tensor2D, alpha: number): Term {
  return squaredError(operations().times(output, chosen), alpha);
}

/** The mean over the batch of Σ (r̂_j − 1)² over the observed entries: a masked autoencoder's, in the adversary's place. */
export function reconstruction(output: tf.Tensor2D, observed: tf.Tensor2D): Term {
  return squaredError(tf.mul(tf.sub(output, 1), observed), 1);
}

/** @param errors `[batch, items]`, in units of the output, 0 where nothing is asked. */
function squaredError(errors: tf.Tensor2D, weight: number): Term {
  const scale = weight / errors.shape[0];
  const [half] = operations().halfSquares(errors).dataSync<'float32'>();
  return { value: 2 * scale * (half as number), gradient: tf.mul(errors, 2 * scale) };
}
