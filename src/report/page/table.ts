/** The table of runs: sorted, filtered, with the columns one wants; groups that are not comparable stay apart. */
import {
  type CellComponent,
  type ColumnDefinition,
  FilterModule,
  FormatModule,
  GroupRowsModule,
  InteractionModule,
  ResizeColumnsModule,
  type RowComponent,
  SortModule,
  Tabulator,
} from 'tabulator-tables';
import type { ComparedRun } from '../comparison.ts';
import { h, section } from './dom.ts';
import { valueText } from './format.ts';
import type { PageState } from './state.ts';
import { cellOf, drawCell, order, reasonOf } from './table-cells.ts';

Tabulator.registerModule([
  SortModule,
  FilterModule,
  FormatModule,
  GroupRowsModule,
  InteractionModule,
  ResizeColumnsModule,
]);

interface Row {
  readonly run: ComparedRun;
  readonly group: string;
  /** Everything that can be read in the row, for the text filter. */
  readonly text: string;
  readonly [column: string]: unknown;
}

interface Column {
  readonly field: string;
  readonly title: string;
  readonly kind: 'run' | 'param' | 'metric';
  shown: boolean;
}

/** A column for each param and metric; a click on a heading sorts, a click on a row selects. */
export function runTable(state: PageState): HTMLElement {
  const columns = columnsOf(state);
  const filter = h('input.filter', {
    type: 'search',
    placeholder: 'Filter runs…',
    'aria-label': 'Filter runs by text',
  }) as HTMLInputElement;
  const onlyDiffering = h('input', { type: 'checkbox', checked: true }) as HTMLInputElement;
  const count = h('span.muted', { role: 'status' });
  const host = h('div.run-table');
  const chooser = h('div.columns');
  const element = section(
    'runs',
    'Runs',
    'A click on a heading sorts; a click on a row shows the run below.',
    h(
      'div.toolbar',
      {},
      filter,
      h('label', {}, onlyDiffering, ' only params that differ'),
      h('details.chooser', {}, h('summary', {}, 'Columns'), chooser),
      count,
    ),
    host,
  );
  const grouped = state.sections.filter(({ group }) => group !== null).length > 1;
  const rows = rowsOf(state, columns);
  const table = new Tabulator(host, {
    data: rows as Row[],
    columns: columns.filter(({ shown }) => shown).map((column) => definition(column, state)),
    layout: 'fitDataFill',
    nestedFieldSeparator: false,
    ...(rows.length > 200 ? { height: '70vh' } : {}),
    ...(grouped ? { groupBy: 'group', groupHeader: (value: unknown) => h('span', {}, String(value)).outerHTML } : {}),
    rowFormatter: (row: RowComponent) => mark(row, state),
    placeholder: 'No run matches.',
  });
  const show = () => {
    table.setColumns(columns.filter(({ shown }) => shown).map((column) => definition(column, state)));
  };
  const say = () => {
    const left = rows.filter((row) => matches(row, filter.value)).length;
    count.textContent = left === rows.length ? '' : `${left} of ${rows.length} runs`;
  };
  filter.addEventListener('input', () => {
    table.setFilter((row: Row) => matches(row, filter.value));
    say();
  });
  onlyDiffering.addEventListener('change', () => {
    for (const column of columns)
      if (column.kind === 'param')
        column.shown = !onlyDiffering.checked || state.differing.includes(column.field.slice('param '.length));
    fillChooser();
    show();
  });
  const fillChooser = () => chooser.replaceChildren(...columns.map((column) => choice(column, show)));
  fillChooser();
  table.on('rowClick', (_event, row) => state.select((row.getData() as Row).run));
  table.on('tableBuilt', () => makeReachable(host, table, state));
  table.on('renderComplete', () => makeReachable(host, table, state));
  state.onSelect(() => {
    for (const row of table.getRows()) mark(row, state);
  });
  return element;
}

function matches(row: Row, text: string): boolean {
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => row.text.includes(word));
}

function choice(column: Column, show: () => void): HTMLElement {
  const box = h('input', { type: 'checkbox', checked: column.shown }) as HTMLInputElement;
  box.addEventListener('change', () => {
    column.shown = box.checked;
    show();
  });
  return h('label', {}, box, ` ${column.title}`);
}

function columnsOf({ comparison, differing, rankBy, paramName }: PageState): Column[] {
  const { runs, metrics, study } = comparison;
  const params = [...new Set(runs.flatMap((run) => Object.keys(run.params)))];
  const named = Object.keys(metrics).filter((name) => metrics[name]?.goal !== null && name !== rankBy);
  const shownMetrics = new Set([
    ...(rankBy === undefined ? [] : [rankBy]),
    ...named.slice(0, rankBy === undefined ? 6 : 4),
  ]);
  const all = [...(rankBy === undefined ? [] : [rankBy]), ...Object.keys(metrics).filter((name) => name !== rankBy)];
  return [
    { field: 'hash', title: 'Run', kind: 'run', shown: true },
    ...(study === undefined ? [] : [{ field: 'trial', title: 'Trial', kind: 'run', shown: true } as const]),
    { field: 'status', title: 'Status', kind: 'run', shown: true },
    ...params.map((name) => ({
      field: `param ${name}`,
      title: paramName(name),
      kind: 'param' as const,
      shown: differing.includes(name),
    })),
    ...all.map((name) => ({
      field: `metric ${name}`,
      title: name,
      kind: 'metric' as const,
      shown: shownMetrics.has(name),
    })),
    { field: 'tags', title: 'Tags', kind: 'run', shown: runs.some((run) => run.tags.length > 0) },
    { field: 'started', title: 'Started', kind: 'run', shown: false },
    { field: 'took', title: 'Took', kind: 'run', shown: true },
  ];
}

function rowsOf({ comparison, sections }: PageState, columns: readonly Column[]): Row[] {
  return sections.flatMap(({ group, runs }) =>
    runs.map((run) => {
      const cells = Object.fromEntries(columns.map(({ field }) => [field, cellOf(run, field)]));
      const words = columns.map(({ field, title }) => `${title} ${valueText(cells[field] as never)}`);
      const label = group === null ? 'without a value to rank' : comparison.groups[group]?.label || 'comparable';
      return {
        run,
        group: label,
        text: [...words, label, run.note ?? '', reasonOf(run)].join(' ').toLowerCase(),
        ...cells,
      };
    }),
  );
}

function definition(column: Column, state: PageState): ColumnDefinition {
  const { field, title } = column;
  const numeric = column.kind === 'metric' || ['trial', 'took'].includes(field) || isNumeric(state, field);
  return {
    title: '',
    field,
    titleFormatter: () => h('span', { title: field.replace(/^(param|metric) /, '') }, title),
    hozAlign: numeric ? 'right' : 'left',
    headerHozAlign: numeric ? 'right' : 'left',
    sorter: (a: unknown, b: unknown, _x, _y, _column, direction) => order(a, b, direction === 'asc'),
    headerSortStartingDir: column.kind === 'metric' ? 'desc' : 'asc',
    formatter: (cell: CellComponent) => drawCell((cell.getData() as Row).run, field, state),
    minWidth: 64,
  };
}

function isNumeric({ comparison }: PageState, field: string): boolean {
  const values = comparison.runs.map((run) => cellOf(run, field)).filter((value) => value !== undefined);
  return values.length > 0 && values.every((value) => typeof value === 'number');
}

function mark(row: RowComponent, state: PageState): void {
  const { run } = row.getData() as Row;
  row.getElement().classList.toggle('is-selected', state.selected() === run);
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
  for (const row of table.getRows('visible')) reach(row.getElement(), () => state.select((row.getData() as Row).run));
}
