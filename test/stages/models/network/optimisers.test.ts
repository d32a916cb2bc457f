import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { adam, clipVariables, type Optimiser, rmsProp } from '../../../../stages/models/network/optimisers.ts';
import { createVariable, type Variable, valuesOf } from '../../../../stages/models/network/variables.ts';
import { openTensorFlow } from '../../../../stages/tensorflow.ts';
import { openCpu } from './cpu.ts';

const gradients = [0.5, -2, 0.001, 0, 1e-4, 3];

describe.each([
  // Native first: where both have been open, it is the last that is.
  ['fused, on native TensorFlow', () => openTensorFlow({ threads: 1 })],
  ['composed, on any other backend', openCpu],
])('%s', (_title, open) => {
  beforeAll(async () => {
    await open();
    if (_title.startsWith('fused')) await tf.setBackend('tensorflow');
  });

  /** Where an optimiser takes one number that starts at 1, given its gradients in turn. */
  function path(create: (variables: Variable[]) => Optimiser, steps: readonly number[]): number[] {
    const variable = createVariable(Float32Array.of(1), [1]);
    const optimiser = create([variable]);
    return steps.map((gradient) => {
      optimiser.apply([tf.tensor1d([gradient])]);
      return valuesOf(variable)[0] as number;
    });
  }

  test('Adam is that of Keras: epsilon beside the uncorrected root', () => {
    let [w, m, v] = [1, 0, 0];
    const expected = gradients.map((g, i) => {
      m = 0.5 * m + 0.5 * g;
      v = 0.999 * v + 0.001 * g * g;
      w -= (0.1 * (Math.sqrt(1 - 0.999 ** (i + 1)) / (1 - 0.5 ** (i + 1))) * m) / (Math.sqrt(v) + 1e-7);
      return w;
    });
    path((variables) => adam(variables, { learningRate: 0.1, beta1: 0.5 }), gradients).forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i] as number, 5);
    });
  });

  test('Adam: a gradient as small as epsilon tells this formulation from the other', () => {
    const [moved] = path((variables) => adam(variables, { learningRate: 0.1, beta1: 0.5 }), [1e-6]);
    const uncorrected = Math.sqrt(0.001) * 1e-6;
    expect(1 - (moved as number)).toBeCloseTo((0.1 * uncorrected) / (uncorrected + 1e-7), 5);
    expect(1 - (moved as number)).toBeLessThan(0.1 * (1e-6 / (1e-6 + 1e-7)) - 0.05);
  });

  test("RMSProp smooths as PyTorch's does, by .99", () => {
    let [w, v] = [1, 0];
    const expected = gradients.map((g) => {
      v = 0.99 * v + 0.01 * g * g;
      w -= (0.01 * g) / Math.sqrt(v + 1e-16);
      return w;
    });
    path((variables) => rmsProp(variables, { learningRate: 0.01 }), gradients).forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i] as number, 5);
    });
  });

  test('clipping leaves what is within and cuts what is beyond', () => {
    const variable = createVariable(Float32Array.of(-3, -0.01, 0.005, 2), [4]);
    clipVariables([variable], 0.01);
    expect(valuesOf(variable)).toEqual(Float32Array.of(-0.01, -0.01, 0.005, 0.01));
  });

  test('a value that was read keeps what it was when the variable moves', () => {
    const variable = createVariable(Float32Array.of(1, 2), [2]);
    const read = variable.read();
    adam([variable], { learningRate: 0.1, beta1: 0.5 }).apply([tf.tensor1d([1, 1])]);
    expect(Array.from(read.dataSync())).toEqual([1, 2]);
    expect(valuesOf(variable)[0]).toBeCloseTo(0.9, 4);
  });

  test('no tensor is left behind, and none after dispose', () => {
    const before = tf.memory().numTensors;
    const variable = createVariable(Float32Array.of(1, 2), [2]);
    const gradient = tf.tensor1d([0.1, 0.2]);
    for (const create of [
      () => adam([variable], { learningRate: 0.1, beta1: 0.5 }),
      () => rmsProp([variable], { learningRate: 0.1 }),
    ]) {
      const optimiser = create();
      optimiser.apply([gradient]);
      const after = tf.memory().numTensors;
      for (let i = 0; i < 10; i++) optimiser.apply([gradient]);
      expect(tf.memory().numTensors).toBe(after);
      optimiser.dispose();
    }
    variable.dispose();
    gradient.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
