/** What one run in depth computes before it draws anything. */
import { expect, test } from 'vitest';
import type { ComparedStage } from '../../src/report/comparison.ts';
import { runName } from '../../src/report/page/format.ts';
import { bestBeside, runBeside, runNamed } from '../../src/report/page/run/beside.ts';
import { barsOf, savedMs } from '../../src/report/page/run/timeline.ts';
import { pageState } from '../../src/report/page/state.ts';
import { emptyView } from './empty-view.ts';
import { comparison, runOf } from './fixture.ts';

const [train] = runOf(0, {}, 0).stages as [ComparedStage];
const stage = (startedMs: number | null, durationMs: number | null, more: Partial<ComparedStage> = {}) => {
  return { ...train, startedMs, durationMs, ...more };
};

test('bars lie where the stages were at work, and a short one is still seen', () => {
  const stages = [stage(100, 300), stage(400, 600), stage(400, 1), stage(null, 5), stage(900, null)];
  const bars = barsOf(stages);
  expect(stages.map((one) => bars.get(one)?.left)).toEqual([0, 33.33, 33.33, undefined, undefined]);
  expect(stages.map((one) => bars.get(one)?.width)).toEqual([33.33, 66.67, 1, undefined, undefined]);
  const late = [stage(0, 1000), stage(1000, 0)];
  expect(barsOf(late).get(late[1] as ComparedStage)).toMatchObject({ left: 99, width: 1 });
});

test('there are no bars of no time', () => {
  expect(barsOf([]).size).toBe(0);
  expect(barsOf([stage(5, 0)]).size).toBe(0);
});

test('what was there already saved what it took to make', () => {
  const cached = { outcome: 'cached', executionMs: 900 } as const;
  expect(savedMs([stage(0, 100, cached), stage(null, 3, { ...cached, outcome: 'fresh' }), stage(0, 50)])).toBe(1697);
  expect(savedMs([stage(0, 1000, cached)])).toBe(0);
});

test('a run is beside the best that it may be ranked with, the baseline, or the one that is named', () => {
  const leaked = { metrics: { 'validate.ndcg@10': { value: 0.9, group: 'leaked' } } };
  const [low, high, apart] = [runOf(0, { a: 1 }, 0.1), runOf(1, { a: 2 }, 0.2), runOf(2, { a: 3 }, 0, leaked)];
  const state = pageState(comparison([low, high, apart]), emptyView());
  expect(bestBeside(state, low)).toBe(high);
  expect(runBeside(state, low, 'best')).toBe(high);
  expect(runBeside(state, high, 'best')).toBeUndefined();
  expect(runBeside(state, low, 'baseline')).toBeUndefined();
  state.baseline.choose(apart);
  expect(runBeside(state, low, 'baseline')).toBe(apart);
  expect(runBeside(state, low, runName(apart))).toBe(apart);
  expect(runBeside(state, low, 'no such run')).toBeUndefined();
});

test('a run is named by enough of its hash', () => {
  const runs = [runOf(0, { a: 1 }, 0.1), runOf(1, { a: 2 }, 0.2)];
  const [first] = runs;
  if (first === undefined) throw new Error('there are runs');
  expect(runNamed(runs, ` ${first.configHash.slice(0, 8).toUpperCase()} `)).toBe(first);
  expect(runNamed([...runs, { ...first, attempt: 2 }], first.configHash)).toBeUndefined();
  expect(runNamed([...runs, { ...first, attempt: 2 }], runName(first))).toBe(first);
  expect(runNamed(runs, first.configHash.slice(0, 3))).toBeUndefined();
});
