/** How the columns of the table of runs are built. */
import type { CellComponent, ColumnDefinition } from 'tabulator-tables';
import { shortNames } from '../../ranking.ts';
import { h } from '../dom.ts';
import type { PageState } from '../state.ts';
import { drawCell } from './draw-cell.ts';
import type { Beside } from './row-beside.ts';
import type { TableRow } from './setting-rows.ts';
import type { Subject } from './table-cells.ts';
import type { Column } from './table-columns.ts';

const widestPx = 260;
/** A mean, its interval and its difference. */
const widestMetricPx = 340;
const narrowestPx = 60;
const narrowestNotesPx = 170;

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
      ...{
        title: full,
        field: id,
        maxInitialWidth: subject.kind === 'metric' ? widestMetricPx : widestPx,
        frozen: subject.kind === 'run',
      },
      minWidth: subject.kind === 'notes' ? narrowestNotesPx : narrowestPx,
      ...{ hozAlign: side, headerHozAlign: side },
      titleFormatter: () =>
        h('span.heading', { title: full }, names.get(title) ?? title, h('span.sorted', { 'aria-hidden': 'true' })),
      formatter: (cell: CellComponent) => drawCell(cell.getData() as TableRow, subject, beside()),
    };
  });
}

function holdsNumbers(rows: readonly TableRow[], subject: Subject): boolean {
  if (subject.kind !== 'param') return subject.kind === 'trial' || subject.kind === 'took' || subject.kind === 'count';
  let isAny = false;
  for (const { runs } of rows)
    for (const { params } of runs) {
      const value = params[subject.name];
      if (value === undefined) continue;
      if (typeof value !== 'number') return false;
      isAny = true;
    }
  return isAny;
}
