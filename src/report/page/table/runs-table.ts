/** The table itself: the library draws what the model says. */
import {
  FormatModule,
  FrozenColumnsModule,
  FrozenRowsModule,
  GroupRowsModule,
  InteractionModule,
  ResizeColumnsModule,
  type RowComponent,
  Tabulator,
} from 'tabulator-tables';
import { h } from '../dom.ts';
import { atEnd } from '../lifetime.ts';
import type { PageState } from '../state.ts';
import { ArrangedRowsModule, type ArrangedTable } from './arranged-rows.ts';
import { definitions } from './column-definitions.ts';
import type { TableRow } from './setting-rows.ts';
import type { TableModel } from './table-model.ts';

Tabulator.registerModule([
  ...[FormatModule, FrozenColumnsModule, FrozenRowsModule, GroupRowsModule, InteractionModule, ResizeColumnsModule],
  ArrangedRowsModule,
]);

/** More cells than this scroll in a window of their own: then only those in sight are drawn. */
const mostCellsInFull = 4000;
const mostRowsInFull = 200;
const rowPx = 33;

export interface RunsTable {
  /** Only rows in sight are drawn, and printed. */
  readonly isLong: boolean;
  /** Other rows, or in another order. */
  arrange(changed?: readonly TableRow[]): void;
  /** Other columns. */
  setColumns(): void;
  /** Other cells in all rows, as wide as they need to be. */
  redraw(): void;
  rowOf(element: Element): TableRow | undefined;
  /** Calls as soon as it is drawn. */
  whenBuilt(act: () => void): void;
}

/** @param onRow of each row that is drawn */
export function runsTable(
  host: HTMLElement,
  model: TableModel,
  state: PageState,
  onRow: (element: HTMLElement, row: TableRow) => void,
): RunsTable {
  const rowOf = new WeakMap<Element, TableRow>();
  const columns = () => definitions(model.shownColumns(), model.rows(), state, model.beside);
  const rows = model.rows();
  const isLong = rows.length > mostRowsInFull || rows.length * model.shownColumns().length > mostCellsInFull;
  const table = new Tabulator(host, {
    ...{ data: [...model.all], arranged: rows, columns: columns(), layout: 'fitDataStretch' },
    ...{ nestedFieldSeparator: false, rowHeight: rowPx, placeholder: 'No run matches.' },
    ...(isLong ? { height: '70vh', renderVerticalBuffer: 200 } : {}),
    ...(state.sections.length > 1
      ? { groupBy: 'section', groupHeader: groupHeader(state, model), groupToggleElement: false }
      : {}),
    rowFormatter: (row: RowComponent) => {
      const data = row.getData() as TableRow;
      rowOf.set(row.getElement(), data);
      onRow(row.getElement(), data);
    },
  } as ConstructorParameters<typeof Tabulator>[1]) as ArrangedTable;
  atEnd(() => table.destroy());
  const pin = pinBaseline(table, model);
  let isBuilt = false;
  const waiting: (() => void)[] = [];
  const whenBuilt = (act: () => void) => {
    if (isBuilt) act();
    else waiting.push(act);
  };
  table.on('tableBuilt', () => {
    isBuilt = true;
    pin();
    for (const act of waiting.splice(0)) act();
  });
  return {
    isLong,
    arrange: (changed = []) => whenBuilt(() => table.arrange(model.rows(), changed)),
    setColumns: () => whenBuilt(() => table.setColumns(columns())),
    redraw: () =>
      whenBuilt(() => {
        pin();
        table.redrawRows();
        table.redraw(true);
      }),
    rowOf: (element) => rowOf.get(element),
    whenBuilt,
  };
}

/** The baseline stays in sight, above all others, even where the filter leaves it out. */
function pinBaseline(table: ArrangedTable, model: TableModel): () => void {
  let pinned: { readonly data: TableRow; readonly row: RowComponent } | undefined;
  return () => {
    const { baseline } = model.beside();
    if (pinned?.data === baseline) return;
    pinned?.row.unfreeze();
    const row = baseline === undefined ? undefined : table.rowFor(baseline);
    pinned = baseline === undefined || row === undefined ? undefined : { data: baseline, row };
    row?.freeze();
  };
}

/** Why these rows are together, and how many they are. */
function groupHeader(state: PageState, model: TableModel) {
  return (place: unknown, count: number): string => {
    const group = state.sections[Number(place)]?.group ?? null;
    const label = group === null ? `no value of ${state.rankBy}` : state.groupLabel(group) || 'comparable';
    const isOnly = state.sections.filter((section) => section.group !== null).length === 1;
    const apart = group === null ? 'not ranked' : isOnly ? 'ranked together' : 'never ranked with the others';
    const what = model.isGrouped() ? 'setting' : 'run';
    const counted = count === 1 ? `1 ${what}` : `${count} ${what}s`;
    return h('span', {}, label, h('span.muted', {}, ` ${counted}, ${apart}`)).outerHTML;
  };
}
