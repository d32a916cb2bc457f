/** Which columns the table has, as the reader wants them. */
import { checkbox, h } from '../dom.ts';
import { dropDown } from '../drop-down.ts';
import type { Column } from './table-columns.ts';
import type { TableModel } from './table-model.ts';

const headings = { run: 'Run', param: 'Params', metric: 'Metrics' } as const;

export interface ColumnChooser {
  readonly element: HTMLElement;
  /** After columns were shown or hidden by others. */
  refresh(): void;
}

/** @param changed after a column was shown or hidden here */
export function columnChooser(model: TableModel, changed: () => void): ColumnChooser {
  const list = h('div.columns');
  const refresh = () => {
    const kinds = Object.entries(headings).map(([kind, heading]) => {
      const members = model.columns().filter((column) => kindOf(column) === kind);
      if (members.length === 0) return h('div');
      const boxes = members.map((column) => box(model, column, changed));
      return h('fieldset', {}, h('legend', {}, heading), ...boxes);
    });
    list.replaceChildren(...kinds);
  };
  refresh();
  return { element: dropDown('Columns', list), refresh };
}

function kindOf({ subject }: Column): keyof typeof headings {
  return subject.kind === 'param' || subject.kind === 'metric' ? subject.kind : 'run';
}

function box({ chosen }: TableModel, column: Column, changed: () => void): HTMLElement {
  const full = 'name' in column.subject ? column.subject.name : column.title;
  return checkbox(full, chosen.isShown(column), (on) => {
    chosen.show(column, on);
    changed();
  });
}
