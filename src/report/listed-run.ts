import { flatten } from '../pipeline/param-tree.ts';
import { groupOf } from '../record/comparable-group.ts';
import type { MetricRow, RunRow } from '../record/rows.ts';
import type { ComparedRun } from './comparison.ts';

/** What a table shows of a run: all that the index knows, and nothing that takes reading files. */
export type ListedRun = Omit<ComparedRun, 'series' | 'stages' | 'olderCode' | 'isBrief' | 'environment' | 'reproduce'>;

/** @param metrics those of the run */
export function listedRun(run: RunRow, metrics: readonly MetricRow[], params = flatten(run.params)): ListedRun {
  const { configHash, attempt, status, durationMs, tags, note, pinned, nondeterministic, study, trial, reproduced } =
    run;
  return {
    ...{ configHash, attempt, status, durationMs, tags, note, pinned, nondeterministic, trial },
    ...(study === null ? {} : { study }),
    reproduced: reproduced === null ? null : { ...reproduced, at: new Date(reproduced.at).toISOString() },
    startedAt: new Date(run.startedAt).toISOString(),
    params,
    metrics: Object.fromEntries(metrics.map((metric) => [metric.name, comparedMetric(metric)])),
  };
}

function comparedMetric(metric: MetricRow): ComparedRun['metrics'][string] {
  const { value, text } = metric;
  return { value, ...(text === null ? {} : { text }), group: groupOf(metric) };
}
