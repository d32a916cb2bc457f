/**
 * Tensors that training moves. On native TensorFlow they are its resource variables, which its fused operations update
 * in place; on any other backend, variables of TensorFlow.js. This file, `resource-variables.ts`, `optimisers.ts` and
 * `operations.ts`, on top of `native-kernels.ts`, are all that differs.
 */
import * as tf from '@tensorflow/tfjs-core';
import { kernels } from './native-kernels.ts';
import { resourceVariable } from './resource-variables.ts';
import { tidied } from './scope.ts';

export interface Variable {
  readonly shape: readonly number[];
  /** How many numbers it holds. */
  readonly size: number;
  /**
   * Its value of now, which the caller frees. Natively it shares the variable's memory: one that is still there when the
   * variable moves costs a copy of it.
   */
  read(): tf.Tensor;
  /** Gives it another value of the same shape; the tensor stays the caller's. */
  write(value: tf.Tensor): void;
  /** tensor + factor · its value; the tensor is given up. */
  addedTo(tensor: tf.Tensor, factor: number): tf.Tensor;
  dispose(): void;
}

/** @param values row-major, as many as the shape has. */
export function createVariable(values: Float32Array, shape: readonly number[]): Variable {
  return tidied(() => {
    const initial = tf.tensor(values, [...shape], 'float32');
    return kernels() === undefined ? plainVariable(initial) : resourceVariable(initial);
  });
}

export function zerosLike({ shape, size }: Variable): Variable {
  return createVariable(new Float32Array(size), shape);
}

/** A copy of its numbers, row-major. */
export function valuesOf(variable: Variable): Float32Array {
  const value = variable.read();
  const values = value.dataSync<'float32'>().slice();
  value.dispose();
  return values;
}

export function setValues(variable: Variable, values: Float32Array): void {
  tf.tidy(() => variable.write(tf.tensor(values, [...variable.shape], 'float32')));
}

function plainVariable(initial: tf.Tensor): Variable {
  const variable = tf.variable(initial, false);
  return {
    shape: initial.shape,
    size: initial.size,
    read: () => tf.clone(variable),
    write: (value) => {
      variable.assign(value);
    },
    addedTo(tensor, factor) {
      const sum = tf.tidy(() => tf.add(tensor, tf.mul(variable, factor)));
      tensor.dispose();
      return sum;
    },
    dispose: () => variable.dispose(),
  };
}
