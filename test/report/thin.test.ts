import fc from 'fast-check';
import { expect, test } from 'vitest';
import { thin } from '../../src/report/thin.ts';

const points = fc.array(fc.option(fc.double({ min: -1e6, max: 1e6, noNaN: true })), { minLength: 1, maxLength: 400 });

test('never more than asked for, of the points there are, in order, with the first and the last', () => {
  fc.assert(
    fc.property(points, fc.integer({ min: 3, max: 50 }), (values, max) => {
      const steps = values.map((_, i) => i * 10);
      const thinned = thin(steps, values, max);
      expect(thinned.steps).toHaveLength(Math.min(max, values.length));
      expect(thinned.values).toEqual(thinned.steps.map((step) => values[step / 10]));
      expect(thinned.steps).toEqual([...new Set(thinned.steps)].sort((a, b) => a - b));
      expect([thinned.steps[0], thinned.steps.at(-1)]).toEqual([0, steps.at(-1)]);
    }),
  );
});

test('a spike stays, and so does a gap as long as a bucket', () => {
  const steps = Array.from({ length: 10_000 }, (_, i) => i);
  const values = steps.map((i) => (i === 4321 ? 100 : i >= 7000 && i < 8000 ? null : Math.sin(i / 500)));
  const thinned = thin(steps, values, 100);
  expect(thinned.values).toContain(100);
  expect(thinned.values.filter((value) => value === null).length).toBeGreaterThanOrEqual(8);
});
