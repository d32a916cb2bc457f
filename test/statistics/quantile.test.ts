import { expect, test } from 'vitest';
import { quantile } from '../../src/statistics/quantile.ts';

// numpy.quantile of NumPy 2, but for those with Infinity, of which it makes NaN.
test.each([
  [[1, 2, 3, 4], 0.5, 2.5],
  [[1, 2, 3, 4], 0.25, 1.75],
  [[7], 0.9, 7],
  [[1, 2], 1, 2],
  [[1, 2, Infinity], 0.5, 2],
  [[1, 2, Infinity], 0.6, Infinity],
  [[Infinity, Infinity], 0.5, Infinity],
])('of %j, %d: %d', (sorted, share, expected) => {
  expect(quantile(Float64Array.from(sorted), share)).toBe(expected);
});
