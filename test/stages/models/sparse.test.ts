import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { gramOf } from '../../../stages/models/sparse/gram.ts';
import { likes, overlaps, rowSizes, strongest, transposed } from '../../../stages/models/sparse/matrix.ts';
import { denseLikes, randomLikes } from '../../helpers/random-likes.ts';

const matrix = likes(randomLikes(25, 18, 1));
const dense = denseLikes(randomLikes(25, 18, 1));

test('transposed twice is the same; rows are rising', () => {
  const turned = transposed(matrix);
  expect([turned.rows, turned.columns]).toEqual([18, 25]);
  expect(transposed(turned)).toEqual(matrix);
  expect(Array.from(rowSizes(turned))).toEqual(dense.sum('column'));
});

test('the Gram matrix is what a dense product gives', () => {
  expect(Array.from(gramOf(transposed(matrix)))).toEqual(dense.transpose().mmul(dense).to1DArray());
});

test('overlaps weigh what is shared', () => {
  const shared = Float64Array.from({ length: 18 }, (_, i) => i / 2);
  const row = overlaps(matrix, shared)(3);
  const wanted = dense.to2DArray().map((other) => {
    const own = dense.getRow(3);
    return own.reduce((sum, value, i) => sum + value * (other[i] as number) * (shared[i] as number), 0);
  });
  expect(Array.from(row)).toEqual(wanted);
});

test('strongest is the head of the total order, rising', () => {
  const weight = fc.constantFrom(0, -1, 0.25, 0.5, 0.5, 1, 3);
  fc.assert(
    fc.property(fc.array(weight, { maxLength: 12 }), fc.nat(8), (weights, k) => {
      const order = weights
        .map((value, index) => ({ value, index }))
        .filter(({ value }) => value > 0)
        .sort((a, b) => b.value - a.value || a.index - b.index)
        .slice(0, k === 0 ? undefined : k)
        .sort((a, b) => a.index - b.index);
      const { index, values } = strongest(Float64Array.from(weights), k);
      expect(Array.from(index)).toEqual(order.map((one) => one.index));
      expect(Array.from(values)).toEqual(order.map((one) => one.value));
    }),
  );
});
