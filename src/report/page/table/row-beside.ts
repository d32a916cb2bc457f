/** What the rows of the table stand beside: the baseline, and the best of their group. */
import { bestValue } from '../../ranking.ts';
import { replicateParams } from '../replicates.ts';
import type { PageState } from '../state.ts';
import { isPartial, type RowMetric, rowMetric } from './row-metric.ts';
import type { TableRow } from './setting-rows.ts';

/** What the cells of one row are drawn beside. */
export interface Beside {
  readonly state: PageState;
  /** The row that others are compared with. */
  readonly baseline: TableRow | undefined;
  metricOf(row: TableRow, name: string): RowMetric | undefined;
  isBest(row: TableRow, metric: string): boolean;
  /** Whether the runs of one row are there to differ in the param. */
  isVaried(param: string): boolean;
}

export function besideOf(state: PageState, rows: readonly TableRow[], isGrouped: boolean): Beside {
  const run = state.baseline.run();
  const varied = isGrouped ? replicateParams(state) : [];
  const known = new Map<TableRow, Map<string, RowMetric | undefined>>();
  const best = new Map<string, number | undefined>();
  const metricOf = (row: TableRow, name: string) => {
    const ofRow = known.get(row) ?? new Map<string, RowMetric | undefined>();
    known.set(row, ofRow);
    if (!ofRow.has(name)) ofRow.set(name, rowMetric(row, name));
    return ofRow.get(name);
  };
  const bestMean = (name: string, group: string) => {
    const key = JSON.stringify([name, group]);
    if (!best.has(key)) best.set(key, bestOf(state, rows, name, group));
    return best.get(key);
  };
  return {
    ...{ state, metricOf, isVaried: (param) => varied.includes(param) },
    baseline: run === undefined ? undefined : rows.find(({ all }) => all.includes(run)),
    isBest: (row, name) => {
      const [only] = row.runs;
      if (!isGrouped) return only !== undefined && state.isBest(only, name);
      const found = metricOf(row, name);
      return found?.kind === 'value' && found.summary.mean === bestMean(name, found.group) && !isPartial(row, name);
    },
  };
}

/** The best mean of a group, of whole settings; undefined where there is no goal, or nothing to choose from. */
function bestOf(state: PageState, rows: readonly TableRow[], name: string, group: string): number | undefined {
  const goal = state.goalOf(name);
  const means = rows.flatMap((row) => {
    const found = rowMetric(row, name);
    return found?.kind === 'value' && found.group === group && !isPartial(row, name) ? [found.summary.mean] : [];
  });
  return goal === undefined ? undefined : bestValue(means, goal);
}
