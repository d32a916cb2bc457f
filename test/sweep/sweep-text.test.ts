/** What a sweep says at its end, and of each run as it ends. */
import { expect, test } from 'vitest';
import type { JournalEvent } from '../../src/events.ts';
import type { Pipeline } from '../../src/pipeline/types.ts';
import { findings } from '../../src/sweep/findings.ts';
import { leaderboard } from '../../src/sweep/leaderboard.ts';
import type { SweepSpec } from '../../src/sweep/spec.ts';
import { finalLine, leaderboardText, replicateLine } from '../../src/sweep/sweep-text.ts';
import { temporaryLayout } from '../helpers/temporary-layout.ts';
import { asked, finalTold, oneMore, phase, prunedAt, specOf, stateOf, told } from './study-fixture.ts';

async function saidOf(more: Partial<SweepSpec>, ...events: readonly JournalEvent[]): Promise<string[]> {
  const spec = specOf({ pipeline: { stages: new Map() } as unknown as Pipeline, ...more });
  const state = stateOf(phase(0, 0), ...events);
  const board = leaderboard(spec, state);
  return leaderboardText(spec, board, await findings(spec, board, state, temporaryLayout()), state).split('\n');
}

test('params are brief, and as long as it takes to tell them apart', async () => {
  const lr = { kind: 'float', low: 0, high: 1, log: false } as const;
  const points = [0.001676604966893184, 0.001676804966893184, 0.5].flatMap((value, trial) => [
    asked(trial, { lr: value }),
    told(trial, [3 - trial]),
  ]);
  const text = await saidOf({ space: [{ name: 'lr', distribution: lr, when: {} }] }, ...points);
  expect(text.slice(1, 4).map((line) => line.trim().split(/\s+/)[3])).toEqual(['0.0016766', '0.0016768', '0.5']);
});

test('where no trial has a value: why, and what to do; no heading of an empty table', async () => {
  const ended = (told0: JournalEvent, told1: JournalEvent) =>
    saidOf({ budget: { trials: 2 } }, asked(0), told0, asked(1), told1);
  expect(await ended(prunedAt(0, 1, 9), prunedAt(1, 1, 9))).toEqual([
    '2 pruned',
    'no trial has a value: all were pruned; take a pruner that lets some of them end by themselves',
  ]);
  expect((await ended(prunedAt(0, 1, 9), told(1))).at(-1)).toBe(
    'no trial has a value: 1 failed, 1 pruned; mend what failed and add --retry-failed',
  );
  expect((await saidOf({}, asked(0), told(0))).at(-1)).toBe('no trial has a value yet');
});

test('a search that its patience ended says so; one that had all its trials does not', async () => {
  const events = [3, 2, 1].flatMap((value, trial) => [asked(trial), told(trial, [value])]);
  const line = 'its patience ended it after 3 of 9 trials: the last 2 finished trials brought nothing better';
  expect(await saidOf({ budget: { trials: 9, patience: 2 } }, ...events)).toContain(line);
  expect((await saidOf({ budget: { trials: 3, patience: 2 } }, ...events)).join('\n')).not.toContain('patience');
});

test('a race that is over does not ask for more seeds', async () => {
  const replicates = [1, 2, 3, 4, 5].map((seed) => ({ seed }));
  const events = [asked(0), told(0, [5, 6, 7]), asked(1), told(1, [1, 2.01, 3])];
  const verdict = 'trial 0 leads trial 1 by 3.997 over 3 replicates';
  expect((await saidOf({ minReplicates: 3, replicates }, ...events)).join('\n')).toContain(
    `${verdict}; the race put the others out by these (paired t test), too few for an interval`,
  );
  const arms = await saidOf({ minReplicates: 3, replicates, stratify: ['x'] }, ...events);
  expect(arms.filter((line) => line.includes('the race put the others out'))).toHaveLength(2);
  expect((await saidOf({ minReplicates: 3, replicates: replicates.slice(0, 3) }, ...events)).join('\n')).toContain(
    `${verdict}, too few to tell it from chance; about 2 more seeds needed`,
  );
});

test('final runs name what they are the best of', async () => {
  const final = { until: 'test', replicates: [{ seed: 7 }], top: 1, per: ['x'], set: {}, bestSteps: [] };
  const text = await saidOf({ final, budget: { trials: 1 } }, asked(0), told(0, [3]), finalTold(0));
  expect(text.slice(text.indexOf('final runs, up to test:') + 1)).toEqual([
    'arm  trial  test.value  95 %  seeds',
    'x=0      0           1            1',
    'no interval: one replicate, five are needed',
    'in the final runs x=0 (trial 0) is the only one: test.value 1',
  ]);
});

test('a line for each run beyond those of trials', () => {
  const replicates = [1, 2, 3].map((seed) => ({ seed }));
  const spec = specOf({ replicates, final: { until: 'test', replicates, top: 1, per: [], set: {}, bestSteps: [] } });
  expect(replicateLine(spec, oneMore(4, 2, 0.25))).toBe('trial 4  replicate 3 of 3  score.value 0.2500');
  expect(replicateLine(spec, oneMore(4, 2))).toBe('trial 4  replicate 3 of 3  failed  it broke');
  const ofArm = { ...spec, final: { until: 'test', replicates, top: 1, per: ['x'], set: {}, bestSteps: [] } };
  const state = stateOf(phase(0, 0), asked(4, { x: 'a' }));
  expect(finalLine(spec, state, finalTold(4, 1))).toBe('trial 4  final run 2 of 3  test.value 1');
  const several = { ...finalTold(4, 1), metrics: { 'test.other': 3, 'test.value': 1 } };
  expect(finalLine(ofArm, state, several)).toBe('trial 4  final run 2 of 3  test.value 1  x=a');
});
