/** What a study has found, as plain data. */

import type { TrialState } from '../events.ts';
import type { SweepSpec } from './spec.ts';
import type { StudyState, StudyTrial } from './study.ts';

export interface Leaderboard {
  readonly study: string;
  readonly metric: SweepSpec['metric'];
  readonly states: Readonly<Partial<Record<TrialState, number>>>;
  /** Finished trials with a value, best first; of equal ones the lower number. */
  readonly ranked: readonly (StudyTrial & { readonly value: number })[];
  readonly failed: readonly StudyTrial[];
}

export function leaderboard(spec: SweepSpec, state: StudyState): Leaderboard {
  const trials = [...state.trials.values()].filter(({ number }) => number < spec.trials);
  const ranked = trials.flatMap((trial) => {
    const value = trial.told?.value;
    return trial.told?.state === 'complete' && value !== undefined ? [{ ...trial, value }] : [];
  });
  const sign = spec.metric.goal === 'maximize' ? -1 : 1;
  ranked.sort((a, b) => sign * (a.value - b.value) || a.number - b.number);
  const told = trials.filter((trial) => trial.told !== undefined).length;
  const failed = trials.filter((trial) => trial.told?.state === 'failed');
  const open = spec.trials - told;
  return {
    study: spec.name,
    metric: spec.metric,
    states: { complete: ranked.length, failed: failed.length, ...(open > 0 ? { waiting: open } : {}) },
    ...{ ranked, failed },
  };
}

/** Params whose value differs between trials, in the order of the space. */
export function differingParams(spec: SweepSpec, trials: readonly StudyTrial[]): string[] {
  return spec.space
    .map(({ name }) => name)
    .filter((name) => new Set(trials.map(({ asked }) => JSON.stringify(asked?.params[name]))).size > 1);
}
