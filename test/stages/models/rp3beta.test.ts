/** RP3beta against the walk's transition matrices, multiplied densely. */
import { Matrix } from 'ml-matrix';
import { expect, test } from 'vitest';
import { walk } from '../../../stages/models/rp3beta.ts';
import { likes, matrixOf, transposed } from '../../../stages/models/sparse/matrix.ts';
import { denseLikes, randomLikes } from '../../helpers/random-likes.ts';
import { temporaryFolder } from '../../helpers/run-stage.ts';
import { allScores, expectClose, trained } from '../../helpers/trained-model.ts';

const folder = await temporaryFolder();
const train = randomLikes(30, 20, 5);
const dense = denseLikes(train);

/** Each row divided by its sum, to the power alpha; empty rows stay so. */
function steps(from: Matrix, alpha: number): Matrix {
  return new Matrix(from.to2DArray().map((row) => row.map((v) => (v === 0 ? 0 : (v / sum(row)) ** alpha))));
}

function sum(row: readonly number[]): number {
  return row.reduce((total, value) => total + value, 0);
}

test.each([
  [1, 0],
  [0.7, 0.6],
])('alpha %f, beta %f: three steps of the walk, popular items held down', async (alpha, beta) => {
  const rp3beta = { alpha, beta, neighbours: 0, normalise: false };
  const { scorer } = await trained(folder, train, { name: 'rp3beta', rp3beta });
  const there = steps(dense.transpose(), alpha).mmul(steps(dense, alpha));
  for (let i = 0; i < train.items; i++) there.set(i, i, 0);
  const popularity = dense.sum('column');
  const wanted = dense
    .mmul(there)
    .to2DArray()
    .map((row) => row.map((value, j) => (value === 0 ? 0 : value / (popularity[j] as number) ** beta)));
  expectClose(await allScores(scorer, train.users), wanted, 1e-5);
});

test('keeps the most probable next items of each, scaled to a sum of 1', () => {
  const byItem = transposed(likes(train));
  const all = walk(byItem, { alpha: 1, beta: 0.5, neighbours: 0, normalise: false });
  const few = walk(byItem, { alpha: 1, beta: 0.5, neighbours: 3, normalise: true });
  const best = Array.from(all(2).values).sort((a, b) => b - a);
  const kept = few(2);
  expect(kept.index).toHaveLength(3);
  expect(sum(Array.from(kept.values))).toBeCloseTo(1, 12);
  expect(Math.max(...Array.from(kept.values))).toBeCloseTo((best[0] as number) / sum(best.slice(0, 3)), 12);
  expect(matrixOf([few(train.items - 1)], train.items).index).toHaveLength(0);
});
