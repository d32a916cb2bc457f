/** Which columns the table has, as the reader wants them. */
import { checkbox, h } from '../dom.ts';
import { lifetime } from '../lifetime.ts';
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
  const element = h('details.chooser', {}, h('summary', {}, 'Columns'), list);
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
  closedByLeaving(element);
  return { element, refresh };
}

/** A click elsewhere closes it, and so does Escape. */
export function closedByLeaving(element: HTMLDetailsElement): void {
  const closeOutside = (event: Event) => {
    if (event.target instanceof Node && !element.contains(event.target)) element.open = false;
  };
  document.addEventListener('click', closeOutside, { signal: lifetime() });
  element.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    element.open = false;
    element.querySelector('summary')?.focus();
  });
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
