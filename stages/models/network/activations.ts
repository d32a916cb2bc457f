/** Activations of dense layers with the derivatives that passes back, and back once more, need. */
import * as tf from '@tensorflow/tfjs-core';
import { operations } from './operations.ts';

export const activationNames = ['relu', 'sigmoid', 'tanh', 'linear'] as const;
export type Activation = (typeof activationNames)[number];

/** All of one shape, `[batch, size]`. A derivative is told from the activation's output, which is kept. */
export interface ActivationPasses {
  readonly forward: (sums: tf.Tensor2D) => tf.Tensor2D;
  /** The gradient in the sums, from that in the output: gradient · φ′. */
  readonly backward: (output: tf.Tensor2D, gradient: tf.Tensor2D) => tf.Tensor2D;
  /** gradient · φ″; undefined where φ″ is 0 wherever it is defined. */
  readonly curved?: (output: tf.Tensor2D, gradient: tf.Tensor2D) => tf.Tensor2D;
}

export const activations: Readonly<Record<Activation, ActivationPasses>> = {
  relu: {
    forward: (sums) => operations().relu(sums),
    backward: (output, gradient) => operations().reluBack(output, gradient),
  },
  sigmoid: {
    forward: (sums) => operations().sigmoid(sums),
    backward: (output, gradient) => operations().sigmoidBack(output, gradient),
    // σ″ = σ (1 − σ) (1 − 2σ)
    curved: (output, gradient) =>
      tf.mul(gradient, tf.mul(tf.mul(output, tf.sub(1, output)), tf.sub(1, tf.mul(2, output)))),
  },
  tanh: {
    forward: (sums) => operations().tanh(sums),
    backward: (output, gradient) => operations().tanhBack(output, gradient),
    // tanh″ = −2 tanh (1 − tanh²)
    curved: (output, gradient) => tf.mul(gradient, tf.mul(tf.mul(-2, output), tf.sub(1, tf.square(output)))),
  },
  linear: { forward: (sums) => sums, backward: (_output, gradient) => gradient },
};
