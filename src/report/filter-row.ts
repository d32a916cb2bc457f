/** A listed run as filters and orders see it. */
import type { FilterRow } from '../filter/row.ts';
import type { ListedRun } from './listed-run.ts';

export function filterRow(run: ListedRun): FilterRow {
  const { configHash, attempt, status, startedAt, durationMs, study, trial, tags, note, pinned } = run;
  return {
    ...{ hash: configHash, attempt, status, started: startedAt, trial, tags, note, pinned },
    ...{ took: durationMs === null ? null : durationMs / 1000, study: study ?? null },
    ...{ reproduced: run.reproduced?.verdict ?? null, reproduced_at: run.reproduced?.at ?? null },
    ...{ nondeterministic: run.nondeterministic, params: run.params },
    metrics: Object.fromEntries(Object.entries(run.metrics).map(([name, { value }]) => [name, value])),
  };
}
