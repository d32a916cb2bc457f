/** What the table shows: which rows in which order, under which columns, beside which baseline. */
import type { ComparedRun } from '../../comparison.ts';
import { replicateParams } from '../replicates.ts';
import type { PageState } from '../state.ts';
import { type ChosenColumns, chosenColumns } from './chosen-columns.ts';
import type { Beside } from './draw-cell.ts';
import { type RowMetric, rowMetric } from './row-metric.ts';
import { runRows, settingRows, type TableRow } from './setting-rows.ts';
import { type Sort, sorted, sortOf, sortText } from './sorting.ts';
import { cellOf } from './table-cells.ts';
import { type Column, columnsOf, columnsOfSettings } from './table-columns.ts';

export interface TableModel {
  /** Of every run and every setting, in no order. */
  readonly all: readonly TableRow[];
  readonly chosen: ChosenColumns;
  columns(): readonly Column[];
  shownColumns(): readonly Column[];
  /** Shown ones, in order; the baseline where it belongs by its value. */
  rows(): readonly TableRow[];
  beside(): Beside;
  sort(): Sort | undefined;
  sortBy(column: Column): void;
  isGrouped(): boolean;
  /** One row for each setting, or for each run. */
  group(on: boolean): void;
  /** After the filter changed. Tells which rows are of other runs than before. */
  refilter(): readonly TableRow[];
}

const keys = { sort: 'sort', seeds: 'seeds' } as const;

export function tableModel(state: PageState): TableModel {
  const { view, filter } = state;
  const [ofRuns, ofSettings] = [columnsOf(state), columnsOfSettings(columnsOf(state))];
  const chosen = chosenColumns(view, ofSettings);
  const [runs, settings] = [runRows(state), settingRows(state)];
  let grouped = view.get(keys.seeds) === 'grouped';
  let sort = sortOf(view.get(keys.sort)) ?? usualSort(state);
  const current = () => (grouped ? settings : runs);
  const columns = () => (grouped ? ofSettings : ofRuns);
  const inOrder = () => {
    const subject = columns().find(({ id }) => id === sort?.column)?.subject;
    return sort === undefined || subject === undefined
      ? current()
      : sorted(current(), (row) => cellOf(row, subject), sort.isAscending);
  };
  let ordered = inOrder();
  let beside: Beside | undefined;
  state.baseline.onChoice(() => {
    beside = undefined;
  });
  const refilter = () => {
    if (grouped) beside = undefined;
    const changed = grouped ? settings.filter((row) => showOnly(row, filter.isShown)) : [];
    if (changed.length > 0) ordered = inOrder();
    return changed;
  };
  refilter();
  return {
    ...{ all: [...runs, ...settings], chosen, columns, refilter },
    shownColumns: () => columns().filter(chosen.isShown),
    rows: () => ordered.filter(({ runs: [run] }) => run !== undefined && filter.isShown(run)),
    beside: () => {
      beside ??= besideOf(state, current(), grouped);
      return beside;
    },
    ...{ sort: () => sort, isGrouped: () => grouped },
    sortBy: (column) => {
      sort = next(state, sort, column);
      const usual = usualSort(state);
      view.set(keys.sort, usual && sortText(usual) === sortText(sort) ? undefined : sortText(sort));
      ordered = inOrder();
    },
    group: (on) => {
      grouped = on;
      view.set(keys.seeds, on ? 'grouped' : undefined);
      refilter();
      beside = undefined;
      ordered = inOrder();
    },
  };
}

/** @returns whether the row is of other runs than before */
function showOnly(row: TableRow, isShown: (run: ComparedRun) => boolean): boolean {
  const runs = row.all.filter(isShown);
  const isSame = runs.length === row.runs.length && runs.every((run, at) => run === row.runs[at]);
  if (!isSame) row.runs = runs;
  return !isSame;
}

/** The metric the rows are ranked by, the best first. */
function usualSort({ rankBy, goal }: PageState): Sort | undefined {
  return rankBy === undefined ? undefined : { column: `metric ${rankBy}`, isAscending: goal === 'minimize' };
}

/** A column is sorted best first, or else upwards; then the other way. */
function next(state: PageState, sort: Sort | undefined, { id, subject }: Column): Sort {
  if (sort?.column === id) return { column: id, isAscending: !sort.isAscending };
  return { column: id, isAscending: subject.kind !== 'metric' || state.goalOf(subject.name) === 'minimize' };
}

function besideOf(state: PageState, rows: readonly TableRow[], isGrouped: boolean): Beside {
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
      return found?.kind === 'value' && found.summary.mean === bestMean(name, found.group);
    },
  };
}

/** The best mean of a group; undefined where there is no goal, or nothing to choose from. */
function bestOf(state: PageState, rows: readonly TableRow[], name: string, group: string): number | undefined {
  const goal = state.goalOf(name);
  const means = rows.flatMap((row) => {
    const found = rowMetric(row, name);
    return found?.kind === 'value' && found.group === group ? [found.summary.mean] : [];
  });
  if (goal === undefined || new Set(means).size < 2) return undefined;
  const better = goal === 'maximize' ? Math.max : Math.min;
  return means.reduce((a, b) => better(a, b));
}
