/** The inverse of a large symmetric positive definite matrix, on whichever backend TensorFlow has. */
import * as tf from '@tensorflow/tfjs-core';
import { inverse, Matrix } from 'ml-matrix';

/** Below this, the products are too small to be worth a backend. */
const smallest = 64;

/**
 * By halves: with A = [[P, Q], [Qᵀ, R]] and the Schur complement S = R − Qᵀ P⁻¹ Q, both positive definite,
 * A⁻¹ = [[P⁻¹ + T S⁻¹ Tᵀ, −T S⁻¹], [−S⁻¹ Tᵀ, S⁻¹]], T = P⁻¹ Q. All but the blocks of 64 is matrix products (4⁄3 n³
 * multiplications and additions), which both backends are best at: TensorFlow.js has no inverse of its own.
 *
 * In float32, with a relative error of about the condition number × 10⁻⁷. Needs about four times the matrix's memory.
 *
 * @param matrix `[n, n]`; kept. The caller frees the result.
 */
export function inverseOfPositiveDefinite(matrix: tf.Tensor2D): tf.Tensor2D {
  const size = matrix.shape[0];
  if (size <= smallest) return inverseOfSmall(matrix);
  return tf.tidy(() => {
    const half = size >> 1;
    const rest = size - half;
    const corner = inverseOfPositiveDefinite(tf.slice(matrix, [0, 0], [half, half]));
    const side = tf.slice(matrix, [0, half], [half, rest]);
    const across = tf.matMul<tf.Tensor2D>(corner, side);
    // The wasm backend multiplies transposed matrices seven times slower than it transposes and multiplies.
    const product = tf.matMul<tf.Tensor2D>(tf.transpose(side), across);
    const schur = inverseOfPositiveDefinite(tf.sub(tf.slice(matrix, [half, half], [rest, rest]), product));
    const upper = tf.matMul<tf.Tensor2D>(across, schur);
    const first = tf.add<tf.Tensor2D>(corner, tf.matMul(upper, tf.transpose(across)));
    const below = tf.concat2d([tf.neg(tf.transpose(upper)), schur], 1);
    return tf.concat2d([tf.concat2d([first, tf.neg(upper)], 1), below], 0);
  });
}

/** In float64. */
function inverseOfSmall(matrix: tf.Tensor2D): tf.Tensor2D {
  const [rows, columns] = matrix.shape;
  const values = Matrix.from1DArray(rows, columns, Array.from(matrix.dataSync()));
  return tf.tensor2d(Float32Array.from(inverse(values).to1DArray()), [rows, columns]);
}
