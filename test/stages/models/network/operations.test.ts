import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Ones, type Operations, operations } from '../../../../stages/models/network/operations.ts';
import { createVariable } from '../../../../stages/models/network/variables.ts';
import { stream } from '../../../../stages/random-stream.ts';
import { openTensorFlow } from '../../../../stages/tensorflow.ts';
import { openCpu } from './cpu.ts';

const normal = stream(1, 'operations').normal;
const numbers = (length: number) => Array.from({ length }, () => normal() / 4);
const [rows, inner, columns] = [33, 70, 40];
const a = numbers(rows * inner);
const b = numbers(inner * columns);
const sums = numbers(rows * columns);
const gradient = numbers(rows * columns);
const bias = numbers(columns);

const bits = a.map((_, i) => (i % 5 === 0 || (i >= inner && i < 2 * inner) ? 1 : 0)).fill(0, 0, inner); // a row of none, one of all
const set = bits.flatMap((bit, i) => (bit === 1 ? [i] : []));
const ones: Ones = {
  rows: Int32Array.from(set, (i) => Math.floor(i / inner)),
  columns: Int32Array.from(set, (i) => i % inner),
};

const at = (i: number, j: number) => i * columns + j;
const byElement = (of: (sum: number, gradient: number) => number) =>
  sums.map((sum, i) => of(sum, gradient[i] as number));
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const table = (values: number[], height = rows) => tf.tensor2d(values, [height, values.length / height]);
const transposed = (values: number[], height: number) => tf.transpose(table(values, height)) as tf.Tensor2D;
const productOf = (values: number[]) =>
  byElement(() => 0).map((_, k) => {
    const [i, j] = [Math.floor(k / columns), k % columns];
    let sum = 0;
    for (let l = 0; l < inner; l++) sum += (values[i * inner + l] as number) * (b[at(l, j)] as number);
    return sum;
  });

const cases: Readonly<Record<string, readonly [(of: Operations) => tf.Tensor, number[]]>> = {
  product: [({ product }) => product(table(a), table(b, inner)), productOf(a)],
  'product, a transposed': [({ product }) => product(transposed(a, rows), table(b, inner), 'a'), productOf(a)],
  'product, b transposed': [({ product }) => product(table(a), transposed(b, inner), 'b'), productOf(a)],
  'product of ones': [({ onesProduct }) => onesProduct(table(bits), ones, table(b, inner)), productOf(bits)],
  biased: [
    ({ biased }) => biased(table(sums), tf.tensor1d(bias)),
    sums.map((sum, k) => sum + (bias[k % columns] as number)),
  ],
  columnSums: [
    ({ columnSums }) => columnSums(table(gradient)),
    bias.map((_, j) => gradient.filter((_value, k) => k % columns === j).reduce((sum, value) => sum + value)),
  ],
  times: [({ times }) => times(table(sums), table(gradient)), byElement((x, g) => x * g)],
  halfSquares: [({ halfSquares }) => halfSquares(table(sums)), [sums.reduce((sum, x) => sum + x ** 2 / 2, 0)]],
  relu: [({ relu }) => relu(table(sums)), byElement((x) => Math.max(x, 0))],
  reluBack: [
    ({ relu, reluBack }) => reluBack(relu(table(sums)), table(gradient)),
    byElement((x, g) => (x > 0 ? g : 0)),
  ],
  sigmoid: [({ sigmoid: of }) => of(table(sums)), byElement(sigmoid)],
  sigmoidBack: [
    ({ sigmoid: of, sigmoidBack }) => sigmoidBack(of(table(sums)), table(gradient)),
    byElement((x, g) => g * sigmoid(x) * (1 - sigmoid(x))),
  ],
  tanh: [({ tanh }) => tanh(table(sums)), byElement(Math.tanh)],
  tanhBack: [
    ({ tanh, tanhBack }) => tanhBack(tanh(table(sums)), table(gradient)),
    byElement((x, g) => g * (1 - Math.tanh(x) ** 2)),
  ],
};

describe.each([
  // Native first: where both have been open, it is the last that is.
  ['on native TensorFlow', () => openTensorFlow({ threads: 1 }), 'tensorflow'],
  ['on any other backend', openCpu, 'cpu'],
])('%s', (_title, open, backend) => {
  beforeAll(async () => {
    await open();
    await tf.setBackend(backend);
  });

  test.each(Object.entries(cases))('%s', (_name, [compute, expected]) => {
    const values = tf.tidy(() => compute(operations())).dataSync();
    expect(values).toHaveLength(expected.length);
    values.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i] as number, 4);
    });
  });

  test('a variable times a factor is added to a tensor, which is given up; the variable stays', () => {
    const before = tf.memory().numTensors;
    const variable = createVariable(Float32Array.of(1, -2), [2]);
    for (const given of [3, 5]) {
      const sum = variable.addedTo(tf.tensor1d([given, 0]), 0.5);
      expect(Array.from(sum.dataSync())).toEqual([given + 0.5, -1]);
      const value = variable.read();
      expect(Array.from(value.dataSync())).toEqual([1, -2]);
      tf.dispose([sum, value]);
    }
    const kept = tf.tensor1d([1, 1]);
    const shared = tf.clone(kept);
    tf.dispose(variable.addedTo(shared, 1));
    expect(Array.from(kept.dataSync())).toEqual([1, 1]); // what another still holds is not written to
    kept.dispose();
    variable.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
