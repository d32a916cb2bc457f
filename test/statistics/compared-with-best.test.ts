import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { comparedWith, comparedWithBest, type ReplicatedTrial } from '../../src/statistics/compared-with-best.ts';
import { holm } from '../../src/statistics/holm.ts';
import { tTest } from '../../src/statistics/student-t.ts';
import { racing } from '../../src/sweep/racing.ts';
import { normalTrial, trialOf, withUnits } from './replicates.ts';

describe('compared with the best', () => {
  const a = trialOf(7, 0.212, 0.225, 0.208, 0.231, 0.219);
  const b = trialOf(3, 0.205, 0.214, 0.209, 0.22, 0.206);
  const c = trialOf(4, 0.1, 0.12, 0.11, 0.1, 0.11);

  test('in pairs by replicate: stats.ttest_rel of SciPy 1.17.1', () => {
    const { best, comparisons } = comparedWithBest([c, b, a], 'maximize');
    expect(best).toBe(7);
    expect(comparisons.map(({ trial }) => trial)).toEqual([3, 4]);
    expect(comparisons[0]?.test?.p).toBeCloseTo(0.030425500381812697, 8);
    expect(comparisons[0]?.test?.holm).toBeCloseTo(0.030425500381812697, 8); // the larger of two
    expect(comparisons[1]?.test?.holm).toBeCloseTo(2 * (comparisons[1]?.test?.p ?? 0), 12);
  });

  test('the advantage of the best is positive whatever the goal', () => {
    const turned = ({ number, values }: ReplicatedTrial) => trialOf(number, ...values.map((value) => -value));
    expect(comparedWithBest([a, b, c].map(turned), 'minimize')).toEqual(comparedWithBest([a, b, c], 'maximize'));
  });

  test('fewer replicates may have been lucky: the best has as many as any, and pairs are those that both have', () => {
    const { best, comparisons } = comparedWithBest([trialOf(1, 0.9), a, trialOf(2, 0.1, 0.2), b], 'maximize');
    expect(best).toBe(7);
    expect(comparisons.map(({ trial, differences }) => [trial, differences.length])).toEqual([
      [3, 5],
      [2, 2],
      [1, 1],
    ]);
    expect(comparisons.map((each) => each.test !== undefined)).toEqual([true, false, false]);
  });

  test('of one run each the units of these two runs are compared, by paired randomisation', () => {
    const { comparisons } = comparedWithBest([withUnits(0, [1, 2, 3]), withUnits(1, [0, 0, 0])], 'maximize');
    expect(comparisons[0]?.test).toBeUndefined();
    expect(comparisons[0]?.ofTheseRuns).toMatchObject({ mean: 2, p: 2 / 8 });
  });

  test('units count where both have as many', () => {
    const rows = [
      [3, 2, 4],
      [3, 3, 5],
      [4, 2, 4],
    ];
    const better = withUnits(0, ...rows);
    const alike = withUnits(1, [1, 2, 2], [2, 1, 3], [2, 2, 1]);
    const others = withUnits(2, [1, 1], [2, 1], [1, 1]);
    const { comparisons } = comparedWithBest([better, alike, others], 'maximize');
    expect(comparisons.map(({ trial, unitCount }) => [trial, unitCount])).toEqual([
      [1, 3],
      [2, 0],
    ]);
    expect(comparisons.map((each) => each.test !== undefined)).toEqual([true, false]);
  });

  test('units count where values are written in few digits, however small the difference is', () => {
    const rows = [0, 1, 2, 3, 4].map((seed) =>
      Array.from({ length: 40 }, (_, unit) => ((unit * 7 + seed * 3) % 23) / 29),
    );
    const rounded = (number: number, of: readonly (readonly number[])[]): ReplicatedTrial => {
      const { values, ...trial } = withUnits(number, ...of);
      return { ...trial, values: values.map((value) => Number(value.toFixed(6))) };
    };
    const near = rows.map((row, seed) => row.map((score, unit) => score + (((unit + seed) % 5) - 1.9) / 997));
    const [compared] = comparedWith(rounded(0, rows), [rounded(1, near)], 'maximize');
    expect(compared).toMatchObject({ unitCount: 40, how: '95 %, random effects of 5 replicates × 40 units' });
  });

  test('with another one: the same pairs the other way round, corrected over its own comparisons', () => {
    const [toA, toC] = comparedWith(b, [a, b, c], 'maximize');
    expect([toA?.trial, toC?.trial]).toEqual([7, 4]);
    expect(toA?.test?.p).toBeCloseTo(0.030425500381812697, 8);
    expect(toA?.mean).toBeCloseTo(-0.0082, 12);
    expect(toC?.test?.holm).toBeCloseTo(2 * (toC?.test?.p ?? 0), 12);
  });

  test('where some replicates are missing, pairs are of those that both have', () => {
    const some = { ...trialOf(1, 0.5, 0.9), replicates: [1, 3] };
    const [compared, none] = comparedWith(
      trialOf(0, 1, 2, 3, 4),
      [some, { ...trialOf(2, 7), replicates: [9] }],
      'maximize',
    );
    expect(compared?.differences).toEqual([1.5, 3.1]);
    expect(none?.differences).toEqual([]);
    const rows = [
      [1, 2],
      [2, 3],
      [3, 5],
      [4, 4],
    ];
    const holes = { ...withUnits(1, [0, 0], [1, 0], [0, 1]), replicates: [0, 2, 3] };
    const [crossed] = comparedWith(withUnits(0, ...rows), [holes], 'maximize');
    expect(crossed?.differences).toEqual([1.5, 3.5, 3.5]);
    expect(crossed).toMatchObject({ unitCount: 2, test: { mean: expect.closeTo(8.5 / 3, 12) } });
  });

  test('one alone has nothing to be compared with; the order in which trials come does not matter', () => {
    expect(comparedWithBest([a], 'minimize')).toEqual({ best: 7, comparisons: [] });
    const value = fc.integer({ min: 0, max: 4 });
    const values = fc.array(value, { minLength: 1, maxLength: 6 });
    const trials = fc
      .array(values, { minLength: 1, maxLength: 6 })
      .map((all) => all.map((each, at) => trialOf(at, ...each)));
    const property = fc.property(trials, fc.constantFrom('minimize', 'maximize'), (given, goal) => {
      const kept = structuredClone(given);
      const found = comparedWithBest(given, goal);
      expect(comparedWithBest([...given].reverse(), goal)).toEqual(found);
      expect(given).toEqual(kept);
    });
    fc.assert(property);
  });
});

describe('racing', () => {
  const good = trialOf(0, 1, 2, 3);
  const bad = trialOf(1, 11, 12.1, 13);

  test('with too few replicates all are in; then those that are surely worse are out', () => {
    const first = (count: number) =>
      [good, bad].map(({ number, values }) => trialOf(number, ...values.slice(0, count)));
    expect(racing(first(2), 'minimize')).toEqual([0, 1]);
    expect(racing(first(3), 'minimize')).toEqual([0]);
    expect(racing(first(3), 'maximize')).toEqual([1]);
    expect(racing(first(2), 'minimize', { minReplicates: 2, alpha: 0.05 })).toEqual([0]);
    expect(racing([good], 'minimize')).toEqual([0]);
    expect(racing([], 'minimize')).toEqual([]);
  });

  test('all are judged by as many replicates as each has', () => {
    expect(racing([trialOf(0, 1, 2, 3, 99), trialOf(1, 11, 12.1, 13)], 'minimize')).toEqual([0]);
    expect(racing([trialOf(0, 1, 2, 3, 99), trialOf(1, 11, 12.1)], 'minimize')).toEqual([0, 1]);
  });

  test('equals the definition: a paired t test each, corrected by Holm', () => {
    for (let race = 0; race < 200; race++) {
      const trials = Array.from({ length: 6 }, (_, at) => normalTrial(at, at / 2, 5, race));
      const sums = trials.map(({ values }) => values.reduce((sum, value) => sum + value, 0));
      const best = sums.indexOf(Math.min(...sums));
      const rivals = trials.filter((_, at) => at !== best);
      const ps = rivals.map(
        ({ values }) => tTest(values.map((value, at) => value - (trials[best]?.values[at] ?? 0))).p,
      );
      const out = new Set(rivals.filter((_, at) => (holm(ps)[at] ?? 0) < 0.05).map(({ number }) => number));
      expect(racing(trials, 'minimize')).toEqual([0, 1, 2, 3, 4, 5].filter((at) => !out.has(at)));
    }
  });

  test('the best trial is seldom put out, and bad ones mostly are', () => {
    const races = 400;
    let lost = 0;
    let bad = 0;
    for (let race = 0; race < races; race++) {
      const trials = Array.from({ length: 8 }, (_, at) =>
        normalTrial(at, at === 0 ? -0.5 : at < 4 ? 0 : 5, 6, 1000 + race),
      );
      const left = racing(trials, 'minimize');
      lost += Number(!left.includes(0));
      bad += left.filter((number) => number >= 4).length;
    }
    expect(lost / races).toBeLessThan(0.05);
    expect(bad / (4 * races)).toBeLessThan(0.2);
  });
});
