/** Which columns the table has, as the reader wants them. */
import { h } from '../dom.ts';
import { lifetime } from '../lifetime.ts';
import type { Column } from './table-columns.ts';

const headings = { run: 'Run', param: 'Params', metric: 'Metrics' } as const;

export interface ColumnChooser {
  readonly element: HTMLElement;
  /** After columns were shown or hidden by others. */
  refresh(): void;
}

/** @param changed after a column was shown or hidden here */
export function columnChooser(columns: readonly Column[], changed: () => void): ColumnChooser {
  const list = h('div.columns');
  const element = h('details.chooser', {}, h('summary', {}, 'Columns'), list) as HTMLDetailsElement;
  const refresh = () => {
    const kinds = Object.entries(headings).map(([kind, heading]) => {
      const members = columns.filter((column) => kindOf(column) === kind);
      if (members.length === 0) return h('div');
      const boxes = members.map((column) => box(column, changed));
      return h('fieldset', {}, h('legend', {}, heading), ...boxes);
    });
    list.replaceChildren(...kinds);
  };
  refresh();
  const closeOutside = (event: Event) => {
    if (event.target instanceof Node && !element.contains(event.target)) element.open = false;
  };
  document.addEventListener('click', closeOutside, { signal: lifetime() });
  element.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    element.open = false;
    element.querySelector('summary')?.focus();
  });
  return { element, refresh };
}

function kindOf({ subject }: Column): keyof typeof headings {
  return subject.kind === 'param' || subject.kind === 'metric' ? subject.kind : 'run';
}

function box(column: Column, changed: () => void): HTMLElement {
  const input = h('input', { type: 'checkbox', checked: column.isShown }) as HTMLInputElement;
  input.addEventListener('change', () => {
    column.isShown = input.checked;
    changed();
  });
  const full = 'name' in column.subject ? column.subject.name : column.title;
  return h('label', {}, input, ` ${full}`);
}
