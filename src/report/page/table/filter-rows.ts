/** The runs of a comparison as a filter sees them. */
import type { FilterNames } from '../../../filter/names.ts';
import type { FilterRow } from '../../../filter/row.ts';
import type { ComparedRun, Comparison } from '../../comparison.ts';

export function filterNames({ runs, metrics }: Comparison): FilterNames {
  const params = new Set<string>();
  for (const run of runs) for (const name of Object.keys(run.params)) params.add(name);
  return { params: [...params], metrics: Object.keys(metrics) };
}

/** Made when they are first asked for. */
export function filterRows({ study }: Comparison): (run: ComparedRun) => FilterRow {
  const known = new Map<ComparedRun, FilterRow>();
  return (run) => {
    const found = known.get(run);
    if (found !== undefined) return found;
    const row = filterRow(run, study?.name);
    known.set(run, row);
    return row;
  };
}

function filterRow(run: ComparedRun, study: string | undefined): FilterRow {
  const { configHash, attempt, status, durationMs, tags, note, pinned, trial, nondeterministic } = run;
  return {
    ...{ attempt, status, tags, note, pinned, trial, nondeterministic },
    ...{ hash: configHash, started: run.startedAt, study: study ?? null, params: run.params },
    metrics: Object.fromEntries(Object.entries(run.metrics).map(([name, { value }]) => [name, value])),
    took: durationMs === null ? null : durationMs / 1000,
    reproduced: run.reproduced?.verdict ?? null,
  };
}
