/** What every update ends with: the L2 term, and the move. */
import * as tf from '@tensorflow/tfjs-core';
import { type DenseNetwork, variablesOf } from './dense.ts';
import type { Optimiser } from './optimisers.ts';

/** The gradient of λ · Σ ½ ‖θ‖² is λ θ, over all that training moves: biases, and batch normalisation's scale and shift. */
export function withL2(network: DenseNetwork, gradients: readonly tf.Tensor[], l2: number): readonly tf.Tensor[] {
  if (l2 === 0) return gradients;
  return variablesOf(network).map((variable, i) => variable.addedTo(gradients[i] as tf.Tensor, l2));
}

/** Outside of the tidy in which the gradients were computed, when nothing shares the variables' memory any more. */
export function move(optimiser: Optimiser, gradients: readonly tf.Tensor[]): void {
  optimiser.apply(gradients);
  tf.dispose([...gradients]);
}
