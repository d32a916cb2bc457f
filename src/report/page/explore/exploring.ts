/** What all panels that explore settings share: the items, their columns, and the metric that they are about. */
import type { Goal } from '../../../pipeline/types.ts';
import type { ComparedRun } from '../../comparison.ts';
import type { PageState } from '../state.ts';
import {
  type Column,
  durationColumn,
  type ItemValue,
  itemValue,
  metricColumn,
  paramColumn,
  startedColumn,
} from './columns.ts';
import { type Item, itemsOf } from './items.ts';

export interface Exploring {
  readonly state: PageState;
  readonly items: readonly Item[];
  /** Those that differ; not those that only replicate a trial. */
  readonly params: readonly Column[];
  /** One for each comparable group of each metric. */
  readonly metrics: readonly Column[];
  readonly times: readonly Column[];
  /** Metrics that have a goal, and the one that is ranked by: what settings can be good at. */
  readonly goals: readonly Column[];
  /** The one of these that the reader looks at. */
  readonly metric: Column;
  readonly goal: Goal;
  /** Lower is better; undefined: no value in this group. */
  readonly losses: readonly (number | undefined)[];
  /** Items whose value is of another group, and so is on no axis with the others. */
  readonly apart: ReadonlySet<number>;
  column(id: string | undefined): Column | undefined;
  /** Trials, where there are: `12 trials`. */
  counted(count: number): string;
  isShown(at: number): boolean;
  itemOf(run: ComparedRun): number | undefined;
}

export const metricKey = 'explore.metric';

/** Undefined where no metric is ranked. */
export function exploring(state: PageState): Exploring | undefined {
  const { comparison, differing, rankBy, view, filter } = state;
  const items = itemsOf(comparison);
  const { metrics, valuesOf } = metricColumns(state, items);
  const goals = metrics.filter(({ goal }) => goal !== undefined);
  const metric =
    goals.find(({ id }) => id === view.get(metricKey)) ?? goals.find(({ name }) => name === rankBy) ?? undefined;
  if (metric?.goal === undefined) return undefined;
  const { goal } = metric;
  const replicates = items.some(({ trial }) => trial !== undefined) ? (comparison.study?.replicates ?? []) : [];
  const params = differing
    .filter((name) => !replicates.includes(name))
    .map((name) => paramColumn(items, name, state.paramName(name), state.paramText));
  const times = [durationColumn(items), startedColumn(items)];
  const byId = new Map([...params, ...metrics, ...times].map((column) => [column.id, column]));
  const places = new Map(items.flatMap(({ runs }, at) => runs.map((run) => [run, at] as const)));
  const sign = goal === 'maximize' ? -1 : 1;
  return {
    ...{ state, items, params, metrics, times, goals, metric, goal },
    losses: metric.cells.map((cell) => (typeof cell === 'number' ? sign * cell : undefined)),
    apart: apartOf(metric, valuesOf(metric.name)),
    column: (id) => (id === undefined ? undefined : byId.get(id)),
    counted: countedOf(items),
    isShown: shownItems(filter, items.length, places),
    itemOf: (run) => places.get(run),
  };
}

/** Marked once for each filter: it is asked for thousands of items by every chart. */
function shownItems(
  { shown, isFiltered }: PageState['filter'],
  count: number,
  places: ReadonlyMap<ComparedRun, number>,
) {
  let [marks, of]: [Uint8Array, readonly ComparedRun[] | undefined] = [new Uint8Array(count), undefined];
  return (at: number) => {
    if (!isFiltered()) return true;
    if (of !== shown()) {
      of = shown();
      marks = new Uint8Array(count);
      for (const run of of) marks[places.get(run) ?? count] = 1;
    }
    return marks[at] === 1;
  };
}

function countedOf(items: readonly Item[]): Exploring['counted'] {
  const noun = items.some(({ trial }) => trial !== undefined) ? 'trial' : 'run';
  return (count) => (count === 1 ? `1 ${noun}` : `${count} ${noun}s`);
}

/** Groups by size; the largest is what a metric's name alone stands for. */
function metricColumns(state: PageState, items: readonly Item[]) {
  const known = new Map<string, readonly ItemValue[]>();
  const valuesOf = (name: string) => {
    const found = known.get(name) ?? items.map((item) => itemValue(item, name, state.rankBy));
    known.set(name, found);
    return found;
  };
  const metrics = Object.keys(state.comparison.metrics).flatMap((name) => {
    const values = valuesOf(name);
    const sizes = new Map<string, number>();
    for (const value of values)
      if (value !== undefined && value.value !== null) sizes.set(value.group, (sizes.get(value.group) ?? 0) + 1);
    const groups = [...sizes].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
    const goal = name === state.rankBy ? state.goal : state.goalOf(name);
    return groups.map(([group]) => {
      const label = groups.length === 1 ? name : `${name}, ${state.groupLabel(group) || group}`;
      return metricColumn(items, { name, group, label, goal }, values);
    });
  });
  return { metrics, valuesOf };
}

function apartOf(metric: Column, values: readonly ItemValue[]): ReadonlySet<number> {
  const apart = values.flatMap((value, at) =>
    value !== undefined && value.value !== null && metric.cells[at] === undefined ? [at] : [],
  );
  return new Set(apart);
}
