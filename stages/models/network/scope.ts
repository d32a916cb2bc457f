/** Tidy with the types of what it hands out. */
import * as tf from '@tensorflow/tfjs-core';

/** Frees all tensors made by `compute` but those in what it returns, however deep they lie there. */
export function tidied<T>(compute: () => T): T {
  return tf.tidy(compute as () => tf.TensorContainer) as T;
}
