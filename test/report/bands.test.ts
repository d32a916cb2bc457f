import { expect, test } from 'vitest';
import { banded } from '../../src/report/page/curves/bands.ts';

const curve = (steps: readonly number[], values: readonly (number | null)[]) => ({
  steps,
  values,
  points: steps.length,
});

test('the mean of the curves of several seeds, within the least and the greatest', () => {
  const { steps, values, band } = banded([curve([1, 2, 3], [1, 2, 3]), curve([1, 2, 3], [3, 6, 5])]);
  expect({ steps, values, band }).toEqual({
    steps: [1, 2, 3],
    values: [2, 4, 4],
    band: { low: [1, 2, 3], high: [3, 6, 5], count: 2 },
  });
});

test('where a curve was not thinned to a step, it is on the line between its neighbours', () => {
  const { steps, values } = banded([curve([0, 10], [0, 10]), curve([0, 4, 10], [0, 0, 0])]);
  expect(steps).toEqual([0, 4, 10]);
  expect(values).toEqual([0, 2, 5]);
});

test('a curve that ended, or is not finite there, has no part in the mean', () => {
  const { values, band } = banded([curve([1, 2, 3], [1, null, 3]), curve([1, 2], [3, 5]), curve([4], [null])]);
  expect(values).toEqual([2, 5, 3, null]);
  expect(band.low).toEqual([1, 5, 3, null]);
});
