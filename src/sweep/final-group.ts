/** In which group the value of a final run may be ranked: as the record has it, from the run's result. */
import { comparableOf } from '../execute/results.ts';
import type { ConfigHash } from '../hash.ts';
import { splitName } from '../pipeline/metric-names.ts';
import type { Pipeline } from '../pipeline/types.ts';
import { groupOf } from '../record/comparable-group.ts';
import { newestLock } from '../store/attempts.ts';
import { readJson } from '../store/files.ts';
import type { Layout } from '../store/layout.ts';
import type { StageLock } from '../store/published.ts';

/** @returns undefined where all values of the stage may be ranked together, or nothing is left of the run */
export async function finalGroup(
  pipeline: Pipeline,
  layout: Layout,
  run: ConfigHash | undefined,
  metric: string,
): Promise<string | undefined> {
  const [name, own] = splitName(metric);
  const stage = pipeline.stages.get(name);
  const outs = Object.values(stage?.outs ?? {});
  if (run === undefined || outs.every(({ metrics }) => (metrics?.comparableBy ?? []).length === 0)) return undefined;
  const fingerprint = (await newestLock(layout, run))?.stages[name]?.fingerprint;
  if (fingerprint === undefined) return undefined;
  const lock =
    (await readJson<StageLock>(layout.stage(fingerprint).lock)) ??
    (await readJson<StageLock>(layout.collected(fingerprint)));
  if (lock === undefined) return undefined;
  const file = Object.keys(lock.metrics).findLast((one) => Object.hasOwn(lock.metrics[one] ?? {}, own));
  const spec = file === undefined ? undefined : stage?.outs[file]?.metrics;
  return groupOf({ stage: name, comparable: comparableOf(spec, lock) });
}
