/** Whether what the pruner reads was never reported: its name may be misspelt, and no check before can see that. */
import { newestLock } from '../store/attempts.ts';
import { readJson } from '../store/files.ts';
import type { Layout } from '../store/layout.ts';
import type { StageLock } from '../store/published.ts';
import type { SweepSpec } from './spec.ts';
import type { StudyTrial } from './study-state.ts';

/** @returns what is wrong, with the names that there are; undefined where the trial does not tell */
export async function unreportedSeries(
  { pruned }: SweepSpec,
  layout: Layout,
  { number, told, curves }: StudyTrial,
): Promise<string | undefined> {
  const [run] = told?.runs ?? [];
  if (
    pruned === undefined ||
    told?.state !== 'complete' ||
    run === undefined ||
    curves.some(({ length }) => length > 0)
  )
    return undefined;
  const { stage, series } = pruned;
  const fingerprint = (await newestLock(layout, run))?.stages[stage]?.fingerprint;
  if (fingerprint === undefined) return undefined;
  const lock = await readJson<StageLock>(layout.stage(fingerprint).lock);
  const names = Object.keys(lock?.series ?? {});
  const there = names.length === 0 ? 'it reports no series' : `it reports ${names.join(', ')}`;
  return `pruner: ${stage} reported no ${series} in trial ${number}, so that nothing is pruned; ${there}`;
}
