/** PureSVD against the full decomposition of a small matrix. */
import { Matrix, SVD } from 'ml-matrix';
import { describe, expect, test } from 'vitest';
import { interactionsOf } from '../../../stages/datasets/interactions.ts';
import { rightSingularVectors } from '../../../stages/models/pure-svd/lanczos.ts';
import { likes } from '../../../stages/models/sparse/matrix.ts';
import { denseLikes, randomLikes } from '../../helpers/random-likes.ts';
import { temporaryFolder } from '../../helpers/run-stage.ts';
import { allScores, expectClose, trained } from '../../helpers/trained-model.ts';

const folder = await temporaryFolder();

describe.each([
  ['more users than items', 90, 40],
  ['more items than users', 35, 80],
])('%s', (_title, users, items) => {
  const train = randomLikes(users, items, 11);
  const X = denseLikes(train);
  const full = new SVD(X, { autoTranspose: true });

  test.each([1, 6, Math.min(users, items)])('%d singular values and vectors', async (count) => {
    const { values, vectors } = await rightSingularVectors(likes(train), count, 1);
    expectClose([values], [full.diagonal.slice(0, count)], 1e-8);
    const V = new Matrix(vectors.map((vector) => Array.from(vector))).transpose();
    expectClose(V.transpose().mmul(V).to2DArray(), Matrix.eye(count).to2DArray(), 1e-10);
    for (const vector of vectors) expect(Math.max(...vector)).toBe(Math.max(...vector.map(Math.abs)));
  });

  test('the scores are the histories projected on the first right vectors', async () => {
    const { scorer } = await trained(folder, train, { name: 'pure-svd', pure_svd: { factors: 7 } });
    const V = full.rightSingularVectors.subMatrix(0, items - 1, 0, 6);
    expectClose(await allScores(scorer, users), X.mmul(V).mmul(V.transpose()).to2DArray(), 1e-5);
  });
});

test('a matrix of lower rank than asked for', async () => {
  const entries = Array.from({ length: 12 }, (_, user) =>
    [user % 3, 3 + (user % 3)].map((item) => ({ user, item, value: 1 })),
  );
  const train = interactionsOf(entries.flat(), { users: 12, items: 8 });
  const { values, vectors } = await rightSingularVectors(likes(train), 5, 1);
  expectClose([values], [[Math.sqrt(8), Math.sqrt(8), Math.sqrt(8), 0, 0]], 1e-8);
  expect(vectors.flatMap((vector) => Array.from(vector)).every(Number.isFinite)).toBe(true);
});

test('no entries at all', async () => {
  const { values } = await rightSingularVectors(likes(interactionsOf([], { users: 4, items: 6 })), 2, 1);
  expect(values).toEqual([0, 0]);
});

test('more factors than the matrix has sides are refused', async () => {
  await expect(trained(folder, randomLikes(9, 20, 1), { name: 'pure-svd', pure_svd: { factors: 10 } })).rejects.toThrow(
    'model.pure_svd.factors: 10 is more than the 9 that users or items allow',
  );
});
