import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomStream } from '../../src/random.ts';
import { holm } from '../../src/statistics/holm.ts';
import { type PairedTest, pairedTests } from '../../src/statistics/paired.ts';

const one = (...differences: readonly number[]) => pairedTests([Float64Array.from(differences)])[0] as PairedTest;

/** Spread, roughly normal, around `mean`. */
function around(mean: number, units: number, name: string): Float64Array {
  const { uniform } = randomStream(1, name);
  return Float64Array.from({ length: units }, () => mean + uniform() + uniform() + uniform() + uniform() - 2);
}

describe('randomisation', () => {
  test.each([
    ['all of one sign: 2 of 8 ways', [1, 2, 3], 2 / 8],
    ['one unit says nothing', [5], 1],
    ['no difference at all', [0, 0, 0], 1],
    ['units without a difference change nothing', [0, 1, 2, 0, 3, 0], 2 / 8],
    ['6 of 8 ways are as far', [1, -1, 2], 6 / 8],
    ['sums equal but for their last bits', [0.1, 0.2, 0.3, -0.6], 1],
  ])('%s', (_what, differences, p) => {
    expect(one(...differences).p).toBe(p);
  });

  test('equals going through all ways, for few units', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 9 }), (differences) => {
        expect(one(...differences).p).toBeCloseTo(bruteForce(differences), 12);
      }),
    );
  });

  test("Fisher's own example, Darwin's maize: 2 × 863 of 32,768 ways", () => {
    const eighths = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48];
    const { mean, p, interval } = one(...eighths);
    expect(mean).toBeCloseTo(314 / 15, 12);
    expect(Math.abs(p - (2 * 863) / 32_768)).toBeLessThan(0.005);
    expect(interval[0]).toBeLessThan(mean);
    expect(interval[0]).toBeGreaterThan(0);
  });

  test('a clear difference of many units is as unlikely as can be drawn, and no less', () => {
    const [test] = pairedTests([around(1, 500, 'clear')]);
    expect(test?.p).toBe(1 / 10_001);
  });

  test('without a difference p is spread over 0 … 1', () => {
    const ps = pairedTests(Array.from({ length: 40 }, (_, i) => around(0, 60, `null ${i}`))).map(({ p }) => p);
    expect(ps.filter((p) => p < 0.5).length).toBeGreaterThan(10);
    expect(ps.filter((p) => p < 0.5).length).toBeLessThan(30);
  });
});

describe('bootstrap', () => {
  test('of many units is what the normal approximation says', () => {
    const values = around(0.1, 1000, 'normal');
    const { mean, interval } = pairedTests([values])[0] as PairedTest;
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
    const half = (1.96 * deviation) / Math.sqrt(values.length);
    expect(Math.abs(interval[0] - (mean - half))).toBeLessThan(half / 10);
    expect(Math.abs(interval[1] - (mean + half))).toBeLessThan(half / 10);
  });
  test('of units that are all alike is a point, of two of them the two', () => {
    expect(one(0.5, 0.5, 0.5).interval).toEqual([0.5, 0.5]);
    expect(one(0, 1).interval).toEqual([0, 1]);
  });
  test('covers what is true about as often as it says', () => {
    const tests = pairedTests(Array.from({ length: 60 }, (_, i) => around(0.3, 80, `covered ${i}`)));
    const covered = tests.filter(({ interval: [low, high] }) => low <= 0.3 && 0.3 <= high).length;
    expect(covered).toBeGreaterThan(51);
  });
});

test('is the same for the same values, whatever else is tested beside them', () => {
  const values = around(0.05, 200, 'same');
  const [alone] = pairedTests([values]);
  const [, beside] = pairedTests([around(1, 200, 'other'), values]);
  expect(beside).toEqual(alone);
  expect(pairedTests([])).toEqual([]);
});

test.each([
  [
    [0.01, 0.04, 0.03],
    [0.03, 0.06, 0.06],
  ],
  [
    [0.5, 0.001, 0.5],
    [1, 0.003, 1],
  ],
  [[0.02], [0.02]],
  [[], []],
])("Holm's correction of %j", (ps, expected) => {
  expect(holm(ps).map((p) => Number(p.toFixed(12)))).toEqual(expected);
});

function bruteForce(differences: readonly number[]): number {
  const sums = differences.reduce((all, d) => all.flatMap((sum) => [sum + d, sum - d]), [0]);
  const measured = Math.abs(differences.reduce((sum, d) => sum + d, 0));
  return sums.filter((sum) => Math.abs(sum) >= measured).length / sums.length;
}
