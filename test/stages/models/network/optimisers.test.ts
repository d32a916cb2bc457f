import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { adam, clipVariables, type Optimiser, rmsProp } from '../../../../stages/models/network/optimisers.ts';
import { openCpu } from './cpu.ts';

beforeAll(openCpu);

/** Where an optimiser takes one number that starts at 1, given its gradients in turn. */
function path(create: (variables: tf.Variable[]) => Optimiser, gradients: readonly number[]): number[] {
  const variable = tf.variable(tf.tensor1d([1]));
  const optimiser = create([variable]);
  return gradients.map((gradient) => {
    optimiser.apply([tf.tensor1d([gradient])]);
    return variable.dataSync()[0] as number;
  });
}

const gradients = [0.5, -2, 0.001, 0, 1e-4, 3];

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

test("RMSProp is PyTorch's: smoothing .99, epsilon outside the root", () => {
  let [w, v] = [1, 0];
  const expected = gradients.map((g) => {
    v = 0.99 * v + 0.01 * g * g;
    w -= (0.01 * g) / (Math.sqrt(v) + 1e-8);
    return w;
  });
  path((variables) => rmsProp(variables, { learningRate: 0.01 }), gradients).forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i] as number, 5);
  });
});

test('clipping leaves what is within and cuts what is beyond', () => {
  const variable = tf.variable(tf.tensor1d([-3, -0.01, 0.005, 2]));
  clipVariables([variable], 0.01);
  expect(Array.from(variable.dataSync())).toEqual(Array.from(Float32Array.of(-0.01, -0.01, 0.005, 0.01)));
});

test('no tensor is left behind, and none after dispose', () => {
  const before = tf.memory().numTensors;
  const variable = tf.variable(tf.tensor1d([1, 2]));
  const gradient = tf.tensor1d([0.1, 0.2]);
  for (const create of [
    () => adam([variable], { learningRate: 0.1, beta1: 0.5 }),
    () => rmsProp([variable], { learningRate: 0.1 }),
  ]) {
    const optimiser = create();
    optimiser.apply([gradient]);
    const after = tf.memory().numTensors;
    optimiser.apply([gradient]);
    expect(tf.memory().numTensors).toBe(after);
    optimiser.dispose();
  }
  // The initial value given to tf.variable is the test's own.
  tf.dispose([variable, gradient]);
  expect(tf.memory().numTensors).toBe(before + 1);
});
