/** EASEᴿ: the linear autoencoder with the best closed form. Steck, Embarrassingly Shallow Autoencoders, 2019. */
import * as tf from '@tensorflow/tfjs-core';
import { openTensorFlow } from '../tensorflow.ts';
import { itemWeightsModel } from './item-weights.ts';
import { numberParam } from './model-params.ts';
import { inverseOfPositiveDefinite } from './positive-definite-inverse.ts';
import { gramOf } from './sparse/gram.ts';
import { likes, type SparseMatrix, transposed } from './sparse/matrix.ts';

/**
 * Dense weights: 22 MB for 1,653 items; for 10,000, 800 MB on disk and about 2.5 GB of memory while training, so ask for
 * `resources.memory` accordingly. Native and wasm agree
 * within 10⁻⁴ in each weight, not in bits (on MovieLens 100K at λ = 200 within 3 · 10⁻⁵, of weights up to .16).
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
  const regularised = gram.slice();
  for (let i = 0; i < items; i++) regularised[i * (items + 1)] = (regularised[i * (items + 1)] as number) + l2;
  // What tidy returns it searches for tensors, number by number: the values are read outside.
  const inverse = tf.tidy(() => inverseOfPositiveDefinite(tf.tensor2d(regularised, [items, items])));
  const values = inverse.dataSync<'float32'>();
  inverse.dispose();
  return offDiagonal(values, items);
}

/** −P_ij / P_jj */
function offDiagonal(inverse: Float32Array, items: number): SparseMatrix {
  const rowStart = Int32Array.from({ length: items + 1 }, (_, i) => i * (items - 1));
  const index = new Int32Array(items * (items - 1));
  const values = new Float32Array(index.length);
  let at = 0;
  for (let i = 0; i < items; i++)
    for (let j = 0; j < items; j++) {
      if (i === j) continue;
      index[at] = j;
      values[at++] = -(inverse[i * items + j] as number) / (inverse[j * (items + 1)] as number);
    }
  return { rows: items, columns: items, rowStart, index, values };
}
