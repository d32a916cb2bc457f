import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Activation, activationNames } from '../../../../stages/models/network/activations.ts';
import {
  createNetwork,
  disposeNetwork,
  glorotUniform,
  parameterCount,
  variablesOf,
} from '../../../../stages/models/network/dense.ts';
import {
  forward,
  inputGradient,
  outputOf,
  type Training,
  weightGradients,
} from '../../../../stages/models/network/passes.ts';
import { createVariable, type Variable, valuesOf } from '../../../../stages/models/network/variables.ts';
import { stream } from '../../../../stages/random-stream.ts';
import { openTensorFlow } from '../../../../stages/tensorflow.ts';
import { finiteDifference, openCpu } from './cpu.ts';

beforeAll(async () => {
  // Brings the derivatives that TensorFlow.js knows.
  await openTensorFlow({ threads: 1 });
  await openCpu();
});

interface Case {
  readonly hidden: Activation;
  readonly output: Activation;
  readonly batchNorm?: boolean;
  readonly dropout?: number;
}

const cases: readonly Case[] = [
  ...activationNames.map((hidden) => ({ hidden, output: 'linear' as const })),
  { hidden: 'relu', output: 'sigmoid' },
  { hidden: 'sigmoid', output: 'relu' },
  { hidden: 'linear', output: 'tanh' },
  { hidden: 'tanh', output: 'linear', batchNorm: true },
  { hidden: 'sigmoid', output: 'linear', dropout: 0.4 },
  { hidden: 'tanh', output: 'sigmoid', batchNorm: true, dropout: 0.3 },
];

/** The same outputs are left out each time. */
const training = (name: string): Training => ({ random: stream(3, name), follow: true });

function setUp({ hidden, output, batchNorm = false, dropout = 0 }: Case) {
  const architecture = { sizes: [3, 4, 5, 2], hidden, output, batchNorm, dropout };
  const network = createNetwork(architecture, glorotUniform(stream(1, 'test')));
  const normal = stream(2, 'test').normal;
  const values = (length: number) => Float32Array.from({ length }, () => normal());
  const input = createVariable(values(18), [6, 3]);
  const weighting = tf.tensor2d(values(12), [6, 2]);
  const pass = () => forward(network, input.read() as tf.Tensor2D, training('dropout'));
  /** A loss with a different gradient in every output: Σ weighting · output². */
  const loss = (): number => tf.sum(tf.mul(weighting, tf.square(outputOf(pass())))).dataSync<'float32'>()[0] as number;
  const activations = pass();
  const outputGradient = tf.mul<tf.Tensor2D>(tf.mul(weighting, 2), outputOf(activations));
  return { network, input, weighting, loss, activations, outputGradient };
}

describe.each(cases)('gradients agree with finite differences: %j', (of) => {
  test('in every variable', () => {
    const { network, loss, activations, outputGradient } = setUp(of);
    const gradients = weightGradients(network, activations, outputGradient);
    expect(gradients).toHaveLength(variablesOf(network).length);
    variablesOf(network).forEach((variable, i) => {
      expect(gradients[i]?.shape).toEqual(variable.shape);
      expectGradient(gradients[i] as tf.Tensor, variable, loss);
    });
  });

  test('in the input', () => {
    const { network, input, loss, activations, outputGradient } = setUp(of);
    expectGradient(inputGradient(network, activations, outputGradient), input, loss);
  });
});

function expectGradient(gradient: tf.Tensor, variable: Parameters<typeof finiteDifference>[0], loss: () => number) {
  gradient.dataSync().forEach((value, index) => {
    // A small step: where a relu bends within it, the difference is no gradient.
    expect(value).toBeCloseTo(finiteDifference(variable, index, loss, 2e-3), 2);
  });
}

test('gradients agree with those that TensorFlow.js derives by itself, to its precision', () => {
  const { network, input, weighting, activations, outputGradient } = setUp({ hidden: 'sigmoid', output: 'tanh' });
  const values = variablesOf(network).map((variable) => variable.read());
  const derived = tf.grads((...given: tf.Tensor[]) => {
    const [w1, b1, w2, b2, w3, b3, x] = given as [
      tf.Tensor2D,
      tf.Tensor,
      tf.Tensor2D,
      tf.Tensor,
      tf.Tensor2D,
      tf.Tensor,
      tf.Tensor2D,
    ];
    const first = tf.sigmoid(tf.add(tf.matMul(x, w1), b1)) as tf.Tensor2D;
    const second = tf.sigmoid(tf.add(tf.matMul(first, w2), b2)) as tf.Tensor2D;
    return tf.sum(tf.mul(weighting, tf.square(tf.tanh(tf.add(tf.matMul(second, w3), b3)))));
  })([...values, input.read()]);
  const own = [
    ...weightGradients(network, activations, outputGradient),
    inputGradient(network, activations, outputGradient),
  ];
  own.forEach((gradient, i) => {
    const other = derived[i]?.dataSync() ?? [];
    gradient.dataSync().forEach((value, at) => {
      expect(value).toBeCloseTo(other[at] as number, 5);
    });
  });
});

test('batch normalisation: training follows the statistics of batches, use takes them', () => {
  const network = createNetwork({ sizes: [1, 1, 1], hidden: 'linear', output: 'linear', batchNorm: true }, () => ({
    weights: Float32Array.of(1),
    bias: Float32Array.of(0),
  }));
  const input = tf.tensor2d([2, 4, 6, 8], [4, 1]);
  const outputs = (as?: Training) => Array.from(outputOf(forward(network, input, as)).dataSync());
  expect(outputs()[0]).toBeCloseTo(2 / Math.sqrt(1.001), 4);
  const untouched = outputs();
  const trained = outputs({ ...training('dropout'), follow: false });
  expect(outputs()).toEqual(untouched); // of a network that only helps to train another nothing moves
  expect(trained[0]).toBeCloseTo((2 - 5) / Math.sqrt(5.001), 4);
  for (let i = 0; i < 200; i++) outputs(training('dropout'));
  outputs().forEach((value, i) => {
    expect(value).toBeCloseTo(trained[i] as number, 4);
  });
});

test('dropout: about its share is left out while it trains, the rest scaled up, and nothing in use', () => {
  const network = createNetwork(
    { sizes: [1, 5000, 1], hidden: 'linear', output: 'linear', dropout: 0.25 },
    (_layer, inputs, outputs) => ({
      weights: new Float32Array(inputs * outputs).fill(1),
      bias: new Float32Array(outputs),
    }),
  );
  const input = tf.tensor2d([1], [1, 1]);
  expect(outputOf(forward(network, input)).dataSync()[0]).toBe(5000);
  const [kept] = outputOf(forward(network, input, training('dropout'))).dataSync<'float32'>();
  expect(Math.abs((kept as number) - 5000)).toBeLessThan(150);
  expect(kept).not.toBe(5000);
});

test('Glorot: weights fill ±√(6 / (in + out)), biases are zero, and the stream says which', () => {
  const make = (seed: number) =>
    createNetwork({ sizes: [60, 40], hidden: 'relu', output: 'linear' }, glorotUniform(stream(seed, 'w')));
  const [layer] = make(1);
  const values = valuesOf(layer?.weights as Variable);
  const limit = Math.sqrt(6 / 100);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  expect(Math.max(...values)).toBeLessThanOrEqual(limit);
  expect(Math.max(...values)).toBeGreaterThan(limit * 0.98);
  expect(Math.abs(mean)).toBeLessThan(0.02);
  expect(variance).toBeCloseTo(limit ** 2 / 3, 2);
  expect(Array.from(valuesOf(layer?.bias as Variable))).toEqual(Array(40).fill(0));
  expect(valuesOf(make(1)[0]?.weights as Variable)).toEqual(values);
  expect(valuesOf(make(2)[0]?.weights as Variable)).not.toEqual(values);
});

test('counts parameters, and frees all it made', () => {
  const before = tf.memory().numTensors;
  const network = createNetwork({ sizes: [3, 4, 2], hidden: 'relu', output: 'linear' }, glorotUniform(stream(1, 'w')));
  expect(parameterCount(network)).toBe(3 * 4 + 4 + 4 * 2 + 2);
  disposeNetwork(network);
  expect(tf.memory().numTensors).toBe(before);
});
