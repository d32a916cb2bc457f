/** The table of runs: sorted, filtered, with the columns one wants; groups that are not comparable stay apart. */
import {
  FilterModule,
  FormatModule,
  FrozenColumnsModule,
  GroupRowsModule,
  InteractionModule,
  ResizeColumnsModule,
  type RowComponent,
  SortModule,
  Tabulator,
} from 'tabulator-tables';
import { checkbox, h, section } from '../dom.ts';
import { atEnd } from '../lifetime.ts';
import type { PageState } from '../state.ts';
import { columnChooser } from './column-chooser.ts';
import { columnsOf, definitions, initialSort, type Row, rowsOf } from './table-columns.ts';

Tabulator.registerModule([
  ...[SortModule, FilterModule, FormatModule, FrozenColumnsModule],
  ...[GroupRowsModule, InteractionModule, ResizeColumnsModule],
]);

/** More rows than this scroll in a window of their own. */
const mostRowsInFull = 200;

/** A column for each param and metric; a click on a heading sorts, a click on a row selects. */
export function runTable(state: PageState): HTMLElement {
  const columns = columnsOf(state);
  const rows = rowsOf(state);
  const host = h('div.run-table');
  const table = tabulator(host, rows, state, definitions(columns, state));
  const show = () => {
    const sorted = table.getSorters().map(({ field, dir }) => ({ column: field, dir }));
    table.setColumns(definitions(columns, state));
    const left = sorted.filter(({ column }) => columns.some(({ id, isShown }) => id === column && isShown));
    table.setSort(left.length === 0 ? initialSort(state) : left);
  };
  const chooser = columnChooser(columns, show);
  const differing = checkbox('only params that differ', true, (on) => {
    for (const column of columns)
      if (column.subject.kind === 'param') column.isShown = !on || state.differing.includes(column.subject.name);
    chooser.refresh();
    show();
  });
  const toolbar = h('div.toolbar', {}, differing, chooser.element);
  const note = 'A click on a heading sorts; a click on a row shows that run in depth.';
  return section('runs', 'Runs', note, toolbar, host);
}

function tabulator(
  host: HTMLElement,
  rows: Row[],
  state: PageState,
  columns: ReturnType<typeof definitions>,
): Tabulator {
  const isGrouped = state.sections.length > 1;
  const table = new Tabulator(host, {
    ...{ data: rows, columns, layout: 'fitDataStretch', nestedFieldSeparator: false },
    ...{ initialSort: initialSort(state), placeholder: 'No run matches.' },
    ...(rows.length > mostRowsInFull ? { height: '70vh' } : {}),
    ...(isGrouped ? { groupBy: 'section', groupHeader: groupHeader(state), groupToggleElement: false } : {}),
    rowFormatter: (row: RowComponent) => mark(row, state),
  });
  table.on('rowClick', (_event, row) => state.selection.choose((row.getData() as Row).run, true));
  table.on('tableBuilt', () => makeReachable(host, table, state));
  atEnd(() => table.destroy());
  state.filter.onFilter(() => table.setFilter((row: Row) => state.filter.isShown(row.run)));
  table.on('renderComplete', () => makeReachable(host, table, state));
  state.selection.onChoice(() => {
    for (const row of table.getRows()) mark(row, state);
  });
  return table;
}

/** Why these rows are together, and how many they are. */
function groupHeader(state: PageState) {
  return (place: unknown, count: number): string => {
    const group = state.sections[Number(place)]?.group ?? null;
    const label = group === null ? `no value of ${state.rankBy}` : state.groupLabel(group) || 'comparable';
    const apart = group === null ? 'not ranked' : 'never ranked with the others';
    const runs = count === 1 ? '1 run' : `${count} runs`;
    return h('span', {}, label, h('span.muted', {}, ` ${runs}, ${apart}`)).outerHTML;
  };
}

function mark(row: RowComponent, state: PageState): void {
  const { run } = row.getData() as Row;
  row.getElement().classList.toggle('is-selected', state.selection.run() === run);
  row.getElement().classList.toggle('not-complete', run.status !== 'complete');
}

/** Headings and rows by keyboard: Tab reaches them, Enter or Space acts. */
function makeReachable(host: HTMLElement, table: Tabulator, state: PageState): void {
  const reach = (element: HTMLElement, act: () => void) => {
    if (element.tabIndex === 0) return;
    element.tabIndex = 0;
    element.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      act();
    });
  };
  for (const heading of host.querySelectorAll<HTMLElement>('.tabulator-col')) reach(heading, () => heading.click());
  for (const row of table.getRows('visible'))
    reach(row.getElement(), () => state.selection.choose((row.getData() as Row).run, true));
}
