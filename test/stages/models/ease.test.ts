/** EASE against its closed form in float64, on each backend. */
import * as tf from '@tensorflow/tfjs-core';
import { inverse, Matrix } from 'ml-matrix';
import { beforeAll, expect, test } from 'vitest';
import { easeWeights } from '../../../stages/models/ease.ts';
import { inverseOfPositiveDefinite } from '../../../stages/models/positive-definite-inverse.ts';
import { gramOf } from '../../../stages/models/sparse/gram.ts';
import { likes, transposed } from '../../../stages/models/sparse/matrix.ts';
import { openTensorFlow } from '../../../stages/tensorflow.ts';
import { denseLikes, randomLikes } from '../../helpers/random-likes.ts';
import { expectClose } from '../../helpers/trained-model.ts';

beforeAll(async () => {
  await openTensorFlow({ threads: 1 });
});

const train = randomLikes(200, 150, 7);
const X = denseLikes(train);

test.each([20, 200])('λ = %d', (l2) => {
  const { index, values, rowStart } = easeWeights(gramOf(transposed(likes(train))), train.items, l2);
  const B = Matrix.zeros(train.items, train.items);
  for (let i = 0; i < train.items; i++)
    for (let at = rowStart[i] as number; at < (rowStart[i + 1] as number); at++)
      B.set(i, index[at] as number, values[at] as number);
  expect(B.diagonal()).toEqual(new Array(train.items).fill(0));

  const gram = X.transpose().mmul(X).add(Matrix.eye(train.items).mul(l2));
  const P = inverse(gram);
  const closed = Matrix.eye(train.items).sub(P.mmul(Matrix.diag(P.diagonal().map((value) => 1 / value))));
  for (let i = 0; i < train.items; i++) closed.set(i, i, 0);
  expectClose(B.to2DArray(), closed.to2DArray(), 1e-4);

  // Stationary: off the diagonal, the gradient (XᵀX + λI) B − XᵀX is 0.
  const gradient = gram.mmul(B).sub(gram);
  for (let i = 0; i < train.items; i++) gradient.set(i, i, 0);
  expect(gradient.abs().max()).toBeLessThan(5e-3);
});

test.each([1, 64, 65, 200])('the inverse of a positive definite matrix of %d rows', (size) => {
  const likes = denseLikes(randomLikes(300, size, 2)).transpose();
  const matrix = likes.mmul(likes.transpose()).add(Matrix.eye(size).mul(10));
  const before = tf.memory().numTensors;
  const tensor = tf.tensor2d(Float32Array.from(matrix.to1DArray()), [size, size]);
  const found = inverseOfPositiveDefinite(tensor);
  expectClose(found.arraySync(), inverse(matrix).to2DArray(), 1e-5);
  tf.dispose([tensor, found]);
  expect(tf.memory().numTensors).toBe(before);
});
