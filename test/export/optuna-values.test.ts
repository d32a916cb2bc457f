/** One number for a trial of several runs. */
import { expect, test } from 'vitest';
import { trialCurve, trialValues } from '../../src/export/optuna-values.ts';
import type { TrialRow } from '../../src/record/rows.ts';
import { newTrial, trialRecord } from '../../src/sweep/trial-record.ts';

const row = (more: Partial<TrialRow>): TrialRow => ({
  ...{ study: 's', trial: 0, state: 'complete', params: {}, value: 2, reason: null, restarts: 0, runs: [] },
  ...more,
});

test('objectives are means over replicates, those a race added among them', () => {
  const record = trialRecord(0);
  const of = { study: 's', trial: 0, at: 1 };
  const replicates = [
    [1, 10],
    [3, 30],
  ];
  record.add({ type: 'trial-told', ...of, state: 'complete', runs: [], value: 2, replicates });
  record.add({ type: 'replicate-told', ...of, replicate: 2, values: [5, 80] });
  record.add({ type: 'replicate-told', ...of, replicate: 3, reason: 'it failed' });
  expect(trialValues(row({ value: 3 }), record.trial, 1)).toEqual([3]);
  expect(trialValues(row({ value: 3 }), record.trial, 2)).toEqual([3, 40]);
});

test('what was pruned has what it last reported, what failed or runs has none', () => {
  const trial = newTrial(0);
  expect(trialValues(row({ state: 'pruned', value: 7 }), trial, 1)).toEqual([7]);
  for (const state of ['failed', 'running', 'waiting'] as const)
    expect(trialValues(row({ state, value: 7 }), trial, 1)).toBeUndefined();
  expect(trialValues(row({ state: 'pruned', value: 7 }), trial, 2)).toBeUndefined();
});

test('a curve is the mean at the steps that all replicates came to', () => {
  const record = trialRecord(0);
  const report = (replicate: number, step: number, value: number | 'Infinity') =>
    record.add({ type: 'trial-reported', at: 1, study: 's', trial: 0, replicate, step, value });
  for (const [step, value] of [1, 2, 3].entries()) report(0, step, value);
  for (const [step, value] of ([3, 'Infinity'] as const).entries()) report(1, step, value);
  expect(trialCurve(record.trial)).toEqual({ 0: 2, 1: Infinity });
  expect(trialCurve(newTrial(1))).toEqual({});
});
