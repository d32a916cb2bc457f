/** Expected numbers are SciPy's, version 1.17.1. */
import { describe, expect, test } from 'vitest';
import { crossedTest } from '../../src/statistics/crossed.ts';
import { interval, usableUnits } from '../../src/statistics/estimate.ts';
import { trialOf, withUnits } from './replicates.ts';

describe('interval', () => {
  test("Student's t over five replicates: stats.t.interval(.95, 4, mean, stats.sem)", () => {
    const { mean, interval: ends, how } = interval(trialOf(0, 0.212, 0.225, 0.208, 0.231, 0.219));
    expect(mean).toBeCloseTo(0.219, 12);
    expect(ends?.[0]).toBeCloseTo(0.20738529682307405, 8);
    expect(ends?.[1]).toBeCloseTo(0.23061470317692595, 8);
    expect(how).toBe("95 %, Student's t over 5 replicates");
  });

  test('none of fewer, and why', () => {
    expect(interval(trialOf(0, 0.2, 0.3, 0.4))).toEqual({
      mean: expect.closeTo(0.3, 12),
      how: 'no interval: 3 replicates, five are needed',
    });
    expect(interval(trialOf(0, 0.2)).how).toBe('no interval: one replicate, five are needed');
    expect(interval(withUnits(0, [1, 2], [2, 3])).how).toBe('no interval: 2 replicates, three are needed');
  });

  test('the same under all seeds: of units alone, as stats.t.interval(.95, 3, mean, stats.sem)', () => {
    const { interval: ends, how } = interval(withUnits(0, ...[0, 1, 2].map(() => [0.3, 0.1, 0.5, 0.4])));
    expect(ends?.[0]).toBeCloseTo(0.05324691162039846, 8);
    expect(ends?.[1]).toBeCloseTo(0.5967530883796015, 8);
    expect(how).toBe("95 %, Student's t over 4 units, the same in all 3 replicates");
    expect(interval(trialOf(0, 0.2, 0.2, 0.2, 0.2, 0.2))).toEqual({
      mean: expect.closeTo(0.2, 12),
      how: 'no interval: the same in all 5 replicates, and there are no units',
    });
  });

  test('with units: over replicates and units', () => {
    const trial = withUnits(0, [0.3, 0.1, 0.5], [0.4, 0.2, 0.4], [0.6, 0.1, 0.7]);
    expect(interval(trial)).toEqual({
      mean: expect.closeTo(3.3 / 9, 12),
      interval: crossedTest(trial.units ?? []).interval,
      how: '95 %, random effects of 3 replicates × 3 units',
    });
  });
});

describe('units are used where the values are their means', () => {
  const { values, units } = withUnits(0, [1, 2, 6], [0, 1, 2]);
  const [first, second] = units ?? [];
  test.each([
    ['as they are', { values, units }, true],
    ['rounded', { values: [3.00001, 1], units }, true],
    ['of another metric', { values: [3.1, 1], units }, false],
    ['not of each replicate', { values, units: [first] }, false],
    ['not as many in each', { values, units: [first, second?.slice(0, 2)] }, false],
    ['one alone', { values: [1, 2], units: [[1], [2]].map((row) => Float64Array.from(row)) }, false],
    ['none', { values }, false],
  ])('%s', (_what, trial, used) => {
    expect(usableUnits(trial as typeof trial & { units?: Float64Array[] }) !== undefined).toBe(used);
  });
});
