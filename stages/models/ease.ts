/** EASEᴿ: the linear autoencoder with the best closed form. Steck, Embarrassingly Shallow Autoencoders, 2019. */
import * as tf from '@tensorflow/tfjs-core';
import { openTensorFlow } from '../tensorflow.ts';
import { itemWeightsModel } from './item-weights.ts';
import { numberParam } from './model-params.ts';
import { inverseOfPositiveDefinite } from './positive-definite-inverse.ts';
import { gramOf } from './sparse/gram.ts';
import { likes, matrixOf, type SparseMatrix, transposed } from './sparse/matrix.ts';

/**
 * Dense weights: 22 MB for 1,653 items; for 10,000, 800 MB on disk and about 2.5 GB of memory while training, so ask for
 * `resources.memory` accordingly. Native and wasm agree within 10⁻⁴ in each weight (of at most about .2), not in bits.
 */
export const ease = itemWeightsModel(async ({ train, params, threads, signal }) => {
  // A pseudo-inverse (0) is not what the closed form gives: without regularisation there need not be an inverse.
  const l2 = numberParam(params, 'ease.l2', { min: 1e-3 });
  await openTensorFlow({ threads });
  signal.throwIfAborted();
  return easeWeights(gramOf(transposed(likes(train))), train.items, l2);
});

/**
 * B minimises ‖X − X B‖² + λ ‖B‖² with a zero diagonal: with P = (Xᵀ X + λ I)⁻¹, B = I − P diag(1 / P_jj) (equation 8).
 *
 * @param gram Xᵀ X, `[items, items]`
 * @param l2 λ
 * @returns B, off its diagonal
 */
export function easeWeights(gram: Float32Array, items: number, l2: number): SparseMatrix {
  const values = tf.tidy(() => {
    const regularised = gram.slice();
    for (let i = 0; i < items; i++) regularised[i * (items + 1)] = (regularised[i * (items + 1)] as number) + l2;
    return inverseOfPositiveDefinite(tf.tensor2d(regularised, [items, items])).dataSync<'float32'>();
  });
  const diagonal = Float64Array.from({ length: items }, (_, j) => values[j * (items + 1)] as number);
  const all = Int32Array.from({ length: items }, (_, j) => j);
  return matrixOf(
    Array.from(diagonal, (_, i) => {
      const index = all.filter((j) => j !== i);
      const row = values.subarray(i * items, (i + 1) * items);
      return { index, values: Float32Array.from(index, (j) => -(row[j] as number) / (diagonal[j] as number)) };
    }),
    items,
  );
}
