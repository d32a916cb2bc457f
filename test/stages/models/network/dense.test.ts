import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  type Activation,
  createNetwork,
  disposeNetwork,
  forward,
  glorotUniform,
  inputGradient,
  outputOf,
  parameterCount,
  variablesOf,
  weightGradients,
} from '../../../../stages/models/network/dense.ts';
import { stream } from '../../../../stages/random-stream.ts';
import { finiteDifference, openCpu } from './cpu.ts';

beforeAll(openCpu);

const cases: readonly [Activation, Activation][] = [
  ['relu', 'linear'],
  ['relu', 'sigmoid'],
  ['sigmoid', 'linear'],
  ['sigmoid', 'relu'],
  ['linear', 'sigmoid'],
];

function setUp(hidden: Activation, output: Activation) {
  const network = createNetwork({ sizes: [3, 4, 5, 2], hidden, output }, glorotUniform(stream(1, 'test')));
  const normal = stream(2, 'test').normal;
  const input = tf.tensor2d(
    Array.from({ length: 18 }, () => normal()),
    [6, 3],
  );
  const weighting = tf.tensor2d(
    Array.from({ length: 12 }, () => normal()),
    [6, 2],
  );
  /** A loss with a different gradient in every output: Σ weighting · output². */
  const loss = (x: tf.Tensor2D = input): number =>
    tf.sum(tf.mul(weighting, tf.square(outputOf(forward(network, x))))).dataSync<'float32'>()[0] as number;
  const activations = forward(network, input);
  const outputGradient = tf.mul<tf.Tensor2D>(tf.mul(weighting, 2), outputOf(activations));
  return { network, input, loss, activations, outputGradient };
}

describe.each(cases)('gradients agree with finite differences: %s, %s', (hidden, output) => {
  test('in every weight and bias', () => {
    const { network, loss, activations, outputGradient } = setUp(hidden, output);
    const gradients = weightGradients(network, activations, outputGradient);
    variablesOf(network).forEach((variable, i) => {
      expect(gradients[i]?.shape).toEqual(variable.shape);
      expectGradient(gradients[i] as tf.Tensor, variable, () => loss());
    });
  });

  test('in the input', () => {
    const { network, input, loss, activations, outputGradient } = setUp(hidden, output);
    const gradient = inputGradient(network, activations, outputGradient);
    const variable = tf.variable(input);
    expectGradient(gradient, variable, () => loss(variable));
  });
});

function expectGradient(gradient: tf.Tensor, variable: tf.Variable, loss: () => number): void {
  gradient.dataSync().forEach((value, index) => {
    // A small step: where a relu bends within it, the difference is no gradient.
    expect(value).toBeCloseTo(finiteDifference(variable, index, loss, 2e-3), 2);
  });
}

test('Glorot: weights fill ±√(6 / (in + out)), biases are zero, and the stream says which', () => {
  const make = (seed: number) =>
    createNetwork({ sizes: [60, 40], hidden: 'relu', output: 'linear' }, glorotUniform(stream(seed, 'w')));
  const [layer] = make(1);
  const values = layer?.weights.dataSync() as Float32Array;
  const limit = Math.sqrt(6 / 100);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  expect(Math.max(...values)).toBeLessThanOrEqual(limit);
  expect(Math.max(...values)).toBeGreaterThan(limit * 0.98);
  expect(Math.abs(mean)).toBeLessThan(0.02);
  expect(variance).toBeCloseTo(limit ** 2 / 3, 2);
  expect(Array.from(layer?.bias.dataSync() ?? [1])).toEqual(Array(40).fill(0));
  expect(make(1)[0]?.weights.dataSync()).toEqual(values);
  expect(make(2)[0]?.weights.dataSync()).not.toEqual(values);
});

test('counts parameters, and frees all it made', () => {
  const before = tf.memory().numTensors;
  const network = createNetwork({ sizes: [3, 4, 2], hidden: 'relu', output: 'linear' }, glorotUniform(stream(1, 'w')));
  expect(parameterCount(network)).toBe(3 * 4 + 4 + 4 * 2 + 2);
  disposeNetwork(network);
  expect(tf.memory().numTensors).toBe(before);
});
