import { expect, test } from 'vitest';
import { seedsNeeded } from '../../src/statistics/seeds-needed.ts';

// The power of each number, by stats.nct of SciPy 1.17.1: .802 with 20, .779 with 19; .801 with 351, .7996 with 350.
test.each([
  [[0.01, -0.005, 0.02], 20],
  [[-0.01, 0.005, -0.02], 20],
  [[0.01, 0.011, 0.0105], 2],
  [[1, -0.99, 0.5, 0], 351],
  [[0.001, -0.02, 0.02, 0.003], 'more than 1,000'],
  [[0.3], undefined],
  [[], undefined],
  [[0.1, 0.1, 0.1], undefined],
  [[0.1, -0.1], undefined],
])('of %j: %s', (differences, seeds) => {
  expect(seedsNeeded(differences)).toBe(seeds);
});

test('a stricter level takes more', () => {
  expect(seedsNeeded([0.01, -0.005, 0.02], 0.05 / 11)).toBe(35);
});
