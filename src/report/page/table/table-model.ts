/** What the table shows: which rows in which order, under which columns, beside which baseline. */
import type { ComparedRun } from '../../comparison.ts';
import type { PageState } from '../state.ts';
import { type ChosenColumns, chosenColumns } from './chosen-columns.ts';
import { type Beside, besideOf } from './row-beside.ts';
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
  const [ofRuns, ofSettings] = [columnsOf(state), columnsOfSettings(columnsOf(state), state.rankBy)];
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
