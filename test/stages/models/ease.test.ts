/** EASE against its closed form, computed apart. */
import { inverse, Matrix } from 'ml-matrix';
import { describe, expect, test } from 'vitest';
import { easeWeights } from '../../../stages/models/ease.ts';
import { inverseOfPositiveDefinite } from '../../../stages/models/positive-definite-inverse.ts';
import { gramOf } from '../../../stages/models/sparse/gram.ts';
import { likes, type SparseMatrix, transposed } from '../../../stages/models/sparse/matrix.ts';
import { denseLikes, randomLikes } from '../../helpers/random-likes.ts';
import { expectClose } from '../../helpers/trained-model.ts';

const train = randomLikes(200, 150, 7);
const X = denseLikes(train);

const going = { progress: () => {}, signal: new AbortController().signal };

function denseOf({ rows, columns, rowStart, index, values }: SparseMatrix): Matrix {
  const dense = Matrix.zeros(rows, columns);
  for (let i = 0; i < rows; i++)
    for (let at = rowStart[i] as number; at < (rowStart[i + 1] as number); at++)
      dense.set(i, index[at] as number, values[at] as number);
  return dense;
}

test.each([0.001, 20, 200])('λ = %d', async (l2) => {
  const B = denseOf(await easeWeights(gramOf(transposed(likes(train))), train.items, l2, going));
  expect(B.diagonal()).toEqual(new Array(train.items).fill(0));

  const gram = X.transpose().mmul(X).add(Matrix.eye(train.items).mul(l2));
  const P = inverse(gram);
  const closed = Matrix.eye(train.items).sub(P.mmul(Matrix.diag(P.diagonal().map((value) => 1 / value))));
  for (let i = 0; i < train.items; i++) closed.set(i, i, 0);
  expectClose(B.to2DArray(), closed.to2DArray(), 1e-6);

  // Stationary: off the diagonal, the gradient (XᵀX + λI) B − XᵀX is 0.
  const gradient = gram.mmul(B).sub(gram);
  for (let i = 0; i < train.items; i++) gradient.set(i, i, 0);
  expect(gradient.abs().max()).toBeLessThan(5e-3);
});

test('by hand: two items, of which two users liked both and a third user the first', async () => {
  // XᵀX + 1 = [[4, 2], [2, 3]], of determinant 8; P = [[3, −2], [−2, 4]] / 8; B_12 = 2 / 4, B_21 = 2 / 3.
  const B = denseOf(await easeWeights(Float32Array.of(3, 2, 2, 2), 2, 1, going));
  expectClose(
    B.to2DArray(),
    [
      [0, 1 / 2],
      [2 / 3, 0],
    ],
    1e-7,
  );
});

test('where the matrix is ill-conditioned, as ratings are: many items that nearly all like', async () => {
  const items = 130;
  const gram = Float32Array.from({ length: items * items }, (_, at) =>
    at % (items + 1) === 0 ? 100_000 : 99_000 + (((at % items) + Math.floor(at / items)) % 7),
  );
  const B = denseOf(await easeWeights(gram, items, 0.5, going)).to2DArray();
  const regularised = Matrix.from1DArray(items, items, Array.from(gram)).add(Matrix.eye(items).mul(0.5));
  const P = inverse(regularised).to2DArray();
  const closed = P.map((row, i) => row.map((value, j) => (i === j ? 0 : -value / (P[j]?.[j] as number))));
  expectClose(B, closed, 1e-7);
});

describe('the inverse of a positive definite matrix', () => {
  test.each([1, 4, 5, 64, 67, 200])('of %d rows', async (size) => {
    const own = denseLikes(randomLikes(300, size, 2)).transpose();
    const matrix = own.mmul(own.transpose()).add(Matrix.eye(size).mul(0.01));
    const steps: number[] = [];
    const found = await inverseOfPositiveDefinite(Float64Array.from(matrix.to1DArray()), size, {
      pace: async (step) => {
        steps.push(step);
      },
    });
    expectClose(Matrix.from1DArray(size, size, Array.from(found)).to2DArray(), inverse(matrix).to2DArray(), 1e-9);
    expect(steps.length).toBe(3 * Math.ceil(size / 4));
  });

  test('is NaN where the matrix is not', async () => {
    expect((await inverseOfPositiveDefinite(Float64Array.of(1, 2, 2, 1), 2)).every(Number.isNaN)).toBe(true);
  });
});
