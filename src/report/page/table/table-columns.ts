/** The columns of the table of runs: which there are, which are shown, and how each is built. */
import type { CellComponent, ColumnDefinition, RowComponent } from 'tabulator-tables';
import type { ComparedRun } from '../../comparison.ts';
import { shortNames } from '../../ranking.ts';
import { h } from '../dom.ts';
import type { PageState } from '../state.ts';
import { cellOf, drawCell, order, type Subject } from './table-cells.ts';

export interface Row {
  readonly run: ComparedRun;
  /** Place of its comparable group among them: sorting never mixes groups. */
  readonly section: number;
}

export interface Column {
  readonly id: string;
  readonly subject: Subject;
  readonly title: string;
  isShown: boolean;
}

const mostMetrics = 4;
const mostMetricsUnranked = 6;
const widestPx = 260;

export function columnsOf({ comparison, differing, rankBy, paramName }: PageState): Column[] {
  const { runs, metrics, study } = comparison;
  const params = [...new Set(runs.flatMap((run) => Object.keys(run.params)))];
  const ranked = rankBy === undefined ? [] : [rankBy];
  const others = Object.keys(metrics).filter((name) => name !== rankBy);
  const withGoal = others.filter((name) => metrics[name]?.goal !== null);
  const shown = new Set([
    ...ranked,
    ...withGoal.slice(0, rankBy === undefined ? mostMetricsUnranked : mostMetrics - 1),
  ]);
  const own = (
    kind: 'run' | 'trial' | 'status' | 'started' | 'took' | 'notes',
    title: string,
    isShown = true,
  ): Column => ({
    ...{ id: kind, subject: { kind }, title, isShown },
  });
  const named = (kind: 'param' | 'metric', name: string, title: string, isShown: boolean): Column => ({
    ...{ id: `${kind} ${name}`, subject: { kind, name }, title, isShown },
  });
  return [
    own('run', 'Run'),
    own('trial', 'Trial', study !== undefined),
    own('status', 'Status'),
    ...params.map((name) => named('param', name, paramName(name), differing.includes(name))),
    ...[...ranked, ...others].map((name) => named('metric', name, name, shown.has(name))),
    own('started', 'Started', false),
    own('took', 'Took'),
    own('notes', 'Notes'),
  ];
}

export function rowsOf(state: PageState): Row[] {
  return state.sections.flatMap(({ runs }, section) => runs.map((run) => ({ run, section })));
}

/** Those that are shown, for the table library. */
export function definitions(columns: readonly Column[], state: PageState): ColumnDefinition[] {
  const shown = columns.filter(({ isShown }) => isShown);
  const names = shortNames([], Object.keys(state.comparison.metrics));
  return shown.map((column) => definition(column, names.get(column.title) ?? column.title, state));
}

/** The metric the rows are in the order of at first, and which way. */
export function initialSort({ rankBy, goal }: PageState) {
  return rankBy === undefined
    ? []
    : [{ column: `metric ${rankBy}`, dir: goal === 'maximize' ? 'desc' : 'asc' } as const];
}

function definition({ id, subject, title }: Column, heading: string, state: PageState): ColumnDefinition {
  const isNumeric = subject.kind === 'metric' || holdsNumbers(state, subject);
  const full = 'name' in subject ? subject.name : title;
  const runOf = (row: { getData(): unknown }) => (row.getData() as Row).run;
  return {
    ...{ title: full, field: id, minWidth: 60, maxInitialWidth: widestPx, frozen: subject.kind === 'run' },
    ...{ hozAlign: isNumeric ? 'right' : 'left', headerHozAlign: isNumeric ? 'right' : 'left' },
    titleFormatter: () => h('span', { title: full }, heading),
    headerSortStartingDir: subject.kind === 'metric' && state.goalOf(subject.name) !== 'minimize' ? 'desc' : 'asc',
    sorter: (_a, _b, a: RowComponent, b: RowComponent, _column, direction) => {
      const isAscending = direction === 'asc';
      const apart = (a.getData() as Row).section - (b.getData() as Row).section;
      if (apart !== 0) return isAscending ? apart : -apart;
      return order(cellOf(runOf(a), subject), cellOf(runOf(b), subject), isAscending);
    },
    formatter: (cell: CellComponent) => drawCell(runOf(cell), subject, state),
  };
}

function holdsNumbers({ comparison }: PageState, subject: Subject): boolean {
  const values = comparison.runs.map((run) => cellOf(run, subject)).filter((value) => value !== undefined);
  return values.length > 0 && values.every((value) => typeof value === 'number');
}
