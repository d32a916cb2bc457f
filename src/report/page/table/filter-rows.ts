/** The runs of a comparison as a filter sees them. */
import type { FilterNames } from '../../../filter/names.ts';
import type { FilterRow } from '../../../filter/row.ts';
import type { ComparedRun, Comparison } from '../../comparison.ts';
import { filterRow } from '../../filter-row.ts';

export function filterNames({ runs, metrics }: Comparison): FilterNames {
  const params = new Set<string>();
  for (const run of runs) for (const name of Object.keys(run.params)) params.add(name);
  return { params: [...params], metrics: Object.keys(metrics) };
}

/** Made when they are first asked for. */
export function filterRows(): (run: ComparedRun) => FilterRow {
  const known = new Map<ComparedRun, FilterRow>();
  return (run) => {
    const row = known.get(run) ?? filterRow(run);
    known.set(run, row);
    return row;
  };
}
