/** The columns of the table of runs: which there are, which are usually shown, and how each is built. */
import type { CellComponent, ColumnDefinition } from 'tabulator-tables';
import { shortNames } from '../../ranking.ts';
import { h } from '../dom.ts';
import type { PageState } from '../state.ts';
import { type Beside, drawCell } from './draw-cell.ts';
import type { TableRow } from './setting-rows.ts';
import { cellOf, type Subject } from './table-cells.ts';

export interface Column {
  readonly id: string;
  readonly subject: Subject;
  readonly title: string;
  /** Shown as long as the reader says nothing else. */
  readonly isUsual: boolean;
}

const mostMetrics = 4;
const mostMetricsUnranked = 6;
const widestPx = 260;
const narrowestPx = 60;
const narrowestNotesPx = 170;

export function columnsOf({ comparison, differing, rankBy, paramName }: PageState): Column[] {
  const { runs, metrics, study } = comparison;
  const params = new Set<string>();
  for (const run of runs) for (const name of Object.keys(run.params)) params.add(name);
  const ranked = rankBy === undefined ? [] : [rankBy];
  const others = Object.keys(metrics).filter((name) => name !== rankBy);
  const withGoal = others.filter((name) => metrics[name]?.goal !== null);
  const shown = new Set([
    ...ranked,
    ...withGoal.slice(0, rankBy === undefined ? mostMetricsUnranked : mostMetrics - 1),
  ]);
  const own = (kind: Exclude<Subject['kind'], 'param' | 'metric'>, title: string, isUsual = true): Column => ({
    ...{ id: kind, subject: { kind }, title, isUsual },
  });
  const named = (kind: 'param' | 'metric', name: string, title: string, isUsual: boolean): Column => ({
    ...{ id: `${kind} ${name}`, subject: { kind, name }, title, isUsual },
  });
  return [
    own('run', 'Run'),
    own('trial', 'Trial', study !== undefined),
    own('status', 'Status'),
    ...[...params].map((name) => named('param', name, paramName(name), differing.includes(name))),
    ...[...ranked, ...others].map((name) => named('metric', name, name, shown.has(name))),
    own('started', 'Started', false),
    own('took', 'Took'),
    own('notes', 'Notes'),
  ];
}

/** Of settings: how many runs each has, behind its name. */
export function columnsOfSettings(columns: readonly Column[]): Column[] {
  const count: Column = { id: 'count', subject: { kind: 'count' }, title: 'n', isUsual: true };
  return columns.flatMap((column) => (column.id === 'run' ? [column, count] : [column]));
}

/** For the table library. */
export function definitions(
  columns: readonly Column[],
  rows: readonly TableRow[],
  state: PageState,
  beside: () => Beside,
): ColumnDefinition[] {
  const names = shortNames([], Object.keys(state.comparison.metrics));
  return columns.map(({ id, subject, title }) => {
    const isNumeric = subject.kind === 'metric' || holdsNumbers(rows, subject);
    const full = 'name' in subject ? subject.name : title;
    const side = isNumeric ? 'right' : 'left';
    return {
      ...{ title: full, field: id, maxInitialWidth: widestPx, frozen: subject.kind === 'run' },
      minWidth: subject.kind === 'notes' ? narrowestNotesPx : narrowestPx,
      ...{ hozAlign: side, headerHozAlign: side },
      titleFormatter: () =>
        h('span.heading', { title: full }, names.get(title) ?? title, h('span.sorted', { 'aria-hidden': 'true' })),
      formatter: (cell: CellComponent) => drawCell(cell.getData() as TableRow, subject, beside()),
    };
  });
}

function holdsNumbers(rows: readonly TableRow[], subject: Subject): boolean {
  const values = rows.map((row) => cellOf(row, subject)).filter((value) => value !== undefined);
  return values.length > 0 && values.every((value) => typeof value === 'number');
}
