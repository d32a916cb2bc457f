/** The final runs as data and in words; with units, test/e2e/final-tables.test.ts has them. */
import { describe, expect, test } from 'vitest';
import { finalistsNotes } from '../../src/logging/finalists-notes.ts';
import { finalistsTable } from '../../src/logging/finalists-table.ts';
import { finalistsVerdict } from '../../src/logging/finalists-verdict.ts';
import type { Goal } from '../../src/pipeline/types.ts';
import type { FinalRun } from '../../src/record/final-runs.ts';
import { type FinalistsAsked, finalistsOf } from '../../src/record/finalists.ts';
import { temporaryLayout } from '../helpers/temporary-layout.ts';

const layout = temporaryLayout();

/** One run for each value; null failed. */
function runsOf(trial: number, values: readonly (number | null)[], group?: string): FinalRun[] {
  return values.map(
    (value, replicate): FinalRun => ({
      ...{ trial, replicate, seed: 11 + replicate, run: null, group },
      metrics: value === null ? ({} as FinalRun['metrics']) : { 'test.value': value, 'test.cost': trial },
      reason: value === null ? 'train: exited with code 1' : null,
    }),
  );
}

const asked = (more: Partial<FinalistsAsked> = {}, goal: Goal | null = 'maximize'): FinalistsAsked => ({
  ...{ sought: 'score.value', goalOf: () => goal, armOf: (trial) => ({ 'model.loss': `l${trial}` }) },
  ...more,
});

async function found(runs: readonly FinalRun[], ...how: Parameters<typeof asked>) {
  const finalists = await finalistsOf(layout, runs, asked(...how));
  if (finalists === undefined) throw new Error('there are final runs');
  return finalists;
}

const a = [0.212, 0.225, 0.208, 0.231, 0.219];
const b = [0.205, 0.214, 0.209, 0.22, 0.206];
const c = [0.1, 0.12, 0.11, 0.1, 0.11];
const three = [...runsOf(4, c), ...runsOf(3, b), ...runsOf(7, a)];

describe('as data', () => {
  test('best first; paired differences to the best, corrected: stats.ttest_rel of SciPy 1.17.1', async () => {
    const finalists = await found(three);
    expect(finalists).toMatchObject({ metric: 'test.value', others: ['test.cost'], reference: 7, isBest: true });
    expect(finalists.rows.map(({ trial }) => trial)).toEqual([7, 3, 4]);
    const [best, second, last] = finalists.rows;
    expect(best).toMatchObject({
      arm: { 'model.loss': 'l7' },
      mean: expect.closeTo(0.219, 12),
      means: { 'test.cost': 7 },
    });
    expect(best?.interval?.[0]).toBeCloseTo(0.20738529682307405, 8);
    expect(best?.values[1]).toEqual({ replicate: 1, seed: 12, run: null, value: 0.225 });
    expect(best?.against).toBeNull();
    expect(second?.against).toMatchObject({ seeds: 5, difference: expect.closeTo(-0.0082, 12) });
    expect(second?.against?.p).toBeCloseTo(0.030425500381812697, 8);
    expect(second?.against?.interval?.[0]).toBeCloseTo(-0.01514, 5);
    expect(second?.against?.interval?.[1]).toBeCloseTo(-0.001264, 5);
    expect(last?.against?.holm).toBeCloseTo(2 * (last?.against?.p ?? 0), 12);
  });

  test('of a chosen reference; where less is better differences keep their sign', async () => {
    const { rows, reference, isBest } = await found(three, { reference: 4 }, 'minimize');
    expect({ reference, isBest }).toEqual({ reference: 4, isBest: false });
    expect(rows.map(({ trial }) => trial)).toEqual([4, 3, 7]);
    expect(rows[1]?.against?.difference).toBeCloseTo(0.1028, 12);
    expect(rows[1]?.against?.interval?.[0]).toBeGreaterThan(0);
  });

  test('of partly failed ones pairs are by seed, and fewer seeds come after; what failed wholly comes last', async () => {
    const holes = [0.9, null, 0.9, 0.8, 0.9, 0.7];
    const finalists = await found([...runsOf(1, [null, null]), ...runsOf(2, holes), ...runsOf(3, [...b, 0.21])]);
    expect(finalists.rows.map(({ trial }) => trial)).toEqual([3, 2, 1]);
    const [, partly, wholly] = finalists.rows;
    expect(partly?.against?.seeds).toBe(5);
    expect(partly?.against?.difference).toBeCloseTo(4.2 / 5 - (0.205 + 0.209 + 0.22 + 0.206 + 0.21) / 5, 12);
    expect(wholly).toMatchObject({ mean: null, interval: null, against: null, how: 'no interval: no run has a value' });
  });

  test('values of another group are compared with none', async () => {
    const { rows, reference } = await found([
      ...runsOf(1, [9, 9, 8], 'leaked'),
      ...runsOf(2, a, 'x'),
      ...runsOf(3, b, 'x'),
    ]);
    expect(reference).toBe(2);
    expect(rows.map(({ trial, apart, against }) => [trial, apart, against !== null])).toEqual([
      [2, undefined, false],
      [3, undefined, true],
      [1, true, false],
    ]);
  });

  test('without a goal none is compared; without any run there is nothing', async () => {
    expect(await finalistsOf(layout, [], asked())).toBeUndefined();
    expect(await found(three, {}, null)).toMatchObject({
      reference: null,
      rows: [{ trial: 3 }, { trial: 4 }, { trial: 7 }],
    });
  });
});

describe('in words', () => {
  const says = async (runs: readonly FinalRun[], ...how: Parameters<typeof asked>) =>
    finalistsVerdict(await found(runs, ...how));

  test('which is best, from which it can be told, and from which not', async () => {
    const near = [0.21, 0.23, 0.2, 0.235, 0.21];
    expect(await says([...three, ...runsOf(9, near)])).toBe(
      'in the final runs loss=l7 (trial 7) is best: test.value 0.2190 [0.2074, 0.2306]; it cannot be told from loss=l9 (trial 9), which differs by -0.002000 [-0.01009, 0.006095], p = .530, nor from loss=l3 (trial 3); it is better than loss=l4 (trial 4) (p < .05 after Holm over 3 comparisons)',
    );
    expect(await says(three)).toContain(
      '; it is better than loss=l3 (trial 3) and loss=l4 (trial 4) (p < .05 after Holm over 2',
    );
  });

  test('against a chosen one', async () => {
    expect(await says(three, { reference: 3 })).toBe(
      'in the final runs, compared with loss=l3 (trial 3), test.value 0.2108 [0.2031, 0.2185]; better than it: loss=l7 (trial 7) (p < .05 after Holm over 2 comparisons); worse: loss=l4 (trial 4) (p < .05 after Holm over 2 comparisons)',
    );
  });

  test('many, one, few seeds, none with a value, and no goal', async () => {
    const many = [0, 1, 2, 3, 4].flatMap((trial) =>
      runsOf(
        trial,
        c.map((value) => value - trial * 0.01 + value * trial * 0.001),
      ),
    );
    expect(await says([...many, ...runsOf(7, a)])).toContain(
      'it is better than all 5 others (p < .05 after Holm over 5',
    );
    expect(await says([...many, ...runsOf(7, a), ...runsOf(8, [0.1])])).toMatch(
      /; it is better than loss=l0 \(trial 0\), .* and 2 more \(p < \.05 after Holm over 5 comparisons\); too few seeds to tell it from loss=l8/,
    );
    expect(await says(runsOf(7, a))).toBe(
      'in the final runs loss=l7 (trial 7) is the only one: test.value 0.2190 [0.2074, 0.2306]',
    );
    expect(await says([...runsOf(0, [3, 4]), ...runsOf(1, [1, 2])])).toMatch(
      /^in the final runs loss=l0 \(trial 0\) is best: test\.value 3\.500; too few seeds to tell it from loss=l1 \(trial 1\)$/,
    );
    expect(await says(runsOf(0, [null]))).toBe('none of the final runs has a value of score.value');
    expect(await says(runsOf(0, [null]), { until: 'test' })).toBe('none of the final runs has a value of test.value');
    expect(await says(three, {}, null)).toMatch(/^nothing says which values of test\.value are better/);
  });

  test('while runs are still to come it is said, and how many there are of how many', async () => {
    expect(await says(runsOf(7, a), { seeds: 5, without: 1 })).toMatch(
      /^in the final runs so far loss=l7 \(trial 7\) is the only one: .*; 1 other has no final run yet$/,
    );
    const finalists = await found([...runsOf(7, a), ...runsOf(3, b.slice(0, 2))], { seeds: 5 });
    expect(finalistsVerdict(finalists)).toMatch(
      /^in the final runs so far .* is best: .*; 3 of their runs are still to come$/,
    );
    expect(finalistsTable(finalists)[2]).toMatch(/^loss=l3 +3 +0\.2095 +2 of 5 /);
  });

  test('the table, with what failed and by what the intervals are', async () => {
    const finalists = await found([...three, ...runsOf(1, [0.1, null, 0.1])]);
    const lines = finalistsTable(finalists);
    expect(lines[0]).toMatch(
      /^arm +trial +test\.value +95 % +seeds +minus trial 7 +95 % of that +p, Holm +test\.cost$/,
    );
    expect(lines[2]).toMatch(
      /^loss=l3 +3 +0\.2108 +\[0\.2031, 0\.2185\] +5 +-0\.008200 +\[-0\.01514, -0\.001264\] +\.030 +3$/,
    );
    expect(lines[4]).toMatch(/^loss=l1 +1 +0\.1000 +2 of 3 +-0\.1100 +1$/);
    expect(lines.slice(5, 8)).toEqual([
      'trial 1: one run failed: train: exited with code 1',
      "95 %, Student's t over 5 replicates",
      'trial 1: no interval: 2 replicates, five are needed',
    ]);
    expect(finalistsNotes(finalists)).toEqual(lines.slice(5, 8));
    const narrow = finalistsTable(finalists, { width: 60 });
    for (const line of narrow.slice(0, 5)) expect(line.length).toBeLessThanOrEqual(60);
    expect(narrow.join('\n')).toContain('(no room for ');
  });

  test('a run that ended without a finite value says so', async () => {
    const nan = { ...(runsOf(2, [null])[0] as FinalRun), reason: null };
    const { rows } = await found([...runsOf(1, [0.3]), nan]);
    const reason = 'test.value is no finite number, or was not reported';
    expect(rows[1]?.values).toEqual([{ replicate: 0, seed: 11, run: null, value: null, reason }]);
    expect(finalistsNotes({ rows, surpassed: [] })).toContain(`trial 2: one run failed: ${reason}`);
  });

  test('two that are the same under every seed are not tested without units', async () => {
    const same = (trial: number, value: number) => runsOf(trial, [value, value, value, value, value, value]);
    const finalists = await found([...same(1, 0.3), ...same(2, 0.1554), ...runsOf(3, [...c, 0.1])]);
    expect(finalists.rows[1]?.against).toEqual({
      ...{ seeds: 6, difference: expect.closeTo(-0.1446, 12), interval: null, p: null, holm: null, alike: true },
      how: 'no interval: the same in all 6 replicates, and there are no units',
    });
    expect(finalistsTable(finalists)[2]).toMatch(/^loss=l2 +2 +0\.1554 +6 +-0\.1446 +no test +2$/);
    expect(finalistsVerdict(finalists)).toContain(
      'it is better than loss=l3 (trial 3) (p < .05); no test without units, as the difference is the same under every seed: loss=l2 (trial 2)',
    );
  });

  test('by what a difference is, where that is neither as in most rows nor as in its own', async () => {
    const six = [...a, 0.22];
    const { rows } = await found([...runsOf(1, [...six, null, null]), ...runsOf(2, [null, null, ...b, 0.2])]);
    expect(finalistsNotes({ rows, surpassed: [] }).slice(2)).toEqual([
      "95 %, Student's t over 6 replicates",
      'difference of trial 2: no interval: 4 replicates, five are needed',
    ]);
  });
});
