/** The runs of a comparison as a filter sees them. */
import type { FilterNames } from '../../../filter/names.ts';
import type { FilterRow } from '../../../filter/row.ts';
import type { ComparedRun, Comparison } from '../../comparison.ts';
import { filterRow } from '../../filter-row.ts';
import { namesIn } from '../../names-in.ts';

export function filterNames({ runs, metrics }: Comparison): FilterNames {
  return { params: namesIn(runs, 'params'), metrics: Object.keys(metrics) };
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
