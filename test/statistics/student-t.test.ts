/** Expected numbers are SciPy's, version 1.17.1, by the calls named. */
import { describe, expect, test } from 'vitest';
import { randomStream } from '../../src/random.ts';
import { meanOf } from '../../src/statistics/moments.ts';
import { tQuantile, tTest, twoSided } from '../../src/statistics/student-t.ts';

const digits = 6;

test.each([
  [1, 12.706204736174694, 1.3763819204711738],
  [2, 4.302652729749462, 1.0606601717798214],
  [4, 2.7764451051977934, 0.9409645772351816],
  [4.3, 2.70169489828223, 0.9334013887849342],
  [9, 2.262157162798205, 0.8834038596855346],
  [29, 2.045229642132703, 0.8541919858818557],
])('quantiles with %d degrees of freedom: stats.t.ppf(.975), stats.t.ppf(.8)', (degrees, high, middle) => {
  expect(tQuantile(0.975, degrees)).toBeCloseTo(high, digits);
  expect(tQuantile(0.8, degrees)).toBeCloseTo(middle, digits);
});

test.each([
  [0, 4, 1],
  [1, 1, 0.5],
  [2.5, 4, 0.06676654481198814],
  [3.3, 4.3, 0.026879004808554888],
  [-12, 9, 7.699886222985653e-7],
  [50, 30, 1.871541765922271e-30],
])('chance of a t as far as %d with %d degrees of freedom: 2 · stats.t.sf(|t|)', (t, degrees, p) => {
  expect(twoSided(t, degrees) / p).toBeCloseTo(1, digits);
});

describe('t test', () => {
  test('of paired differences: stats.ttest_rel and its confidence_interval', () => {
    const a = [0.212, 0.225, 0.208, 0.231, 0.219];
    const b = [0.205, 0.214, 0.209, 0.22, 0.206];
    const { mean, interval, p } = tTest(a.map((value, at) => value - (b[at] as number)));
    expect(mean).toBeCloseTo(0.0082, 10);
    expect(interval[0]).toBeCloseTo(0.001264442350150702, 8);
    expect(interval[1]).toBeCloseTo(0.015135557649849314, 8);
    expect(p).toBeCloseTo(0.030425500381812697, digits);
  });

  test('what does not vary is known: to be 0, or not', () => {
    expect(tTest([0, 0, 0])).toEqual({ mean: 0, interval: [0, 0], p: 1 });
    expect(tTest([0.1, 0.1, 0.1].map((value) => value + 0.2))).toMatchObject({ p: 0 });
  });

  test.each([2, 5, 12])('of %i normal values the interval covers the mean in 95 of 100', (count) => {
    const { normal } = randomStream(7, 'coverage', count);
    const samples = 3000;
    let covered = 0;
    let found = 0;
    for (let sample = 0; sample < samples; sample++) {
      const { interval, p } = tTest(Float64Array.from({ length: count }, () => 3 + 2 * normal()));
      covered += Number(interval[0] <= 3 && 3 <= interval[1]);
      found += Number(p < 0.05 !== (interval[0] <= 0 && 0 <= interval[1]));
    }
    // four standard errors: 4 · √(.95 · .05 / 3000) = .016
    expect(Math.abs(covered / samples - 0.95)).toBeLessThan(0.016);
    expect(found).toBe(samples); // p is below .05 where 0 is outside of the interval, and nowhere else
  });
});

test('the mean of many equal values is one of them, to the last bits', () => {
  expect(meanOf(new Float64Array(1000).fill(0.1))).toBeCloseTo(0.1, 12);
});
