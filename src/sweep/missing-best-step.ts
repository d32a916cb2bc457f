/** Whether a series that `final: { best_step: … }` names has no value in any trial of the final runs: it may be misspelt. */
import { newestLock } from '../store/attempts.ts';
import { readJson } from '../store/files.ts';
import type { Layout } from '../store/layout.ts';
import type { StageLock } from '../store/published.ts';
import { type SeriesOfRun, stepsAtBest } from './best-steps.ts';
import { finalists } from './finals.ts';
import type { BestStep, SweepSpec } from './spec.ts';
import type { StudyState } from './study-state.ts';

/** @returns what is wrong in words; a trial without the series beside others that have it is none */
export async function missingBestSteps(spec: SweepSpec, layout: Layout, state: StudyState): Promise<string[]> {
  const wanted = spec.final?.bestSteps ?? [];
  if (wanted.length === 0 || state.finals.length === 0) return [];
  const trials = finalists(spec, state).flatMap((number) => state.trials.get(number) ?? []);
  const runs = trials.flatMap(({ told }) => told?.runs ?? []);
  const missing = new Set(wanted);
  for (const run of runs) {
    if (missing.size === 0) break;
    const stages = (await newestLock(layout, run))?.stages ?? {};
    for (const one of missing) {
      const fingerprint = stages[one.stage]?.fingerprint;
      const lock = fingerprint && (await readJson<StageLock>(layout.stage(fingerprint).lock));
      if (lock && hasStep(one, { [one.stage]: lock.series })) missing.delete(one);
    }
  }
  return [...missing].map(
    ({ param, stage, series }) =>
      `final: no trial of the final runs has a value of ${stage}.${series}: ${param} is in all of them what it was in their trials`,
  );
}

function hasStep(wanted: BestStep, run: SeriesOfRun): boolean {
  return Object.keys(stepsAtBest([wanted], [run])).length > 0;
}
