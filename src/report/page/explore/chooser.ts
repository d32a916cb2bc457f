/** A list that opens below its name, to tick what is wanted. */
import { checkbox, h } from '../dom.ts';
import { cut } from '../format.ts';
import { lifetime } from '../lifetime.ts';
import type { Column } from './columns.ts';

const longest = 48;

/** @param set the ids of what is ticked now, in the order of the kinds */
export function columnTicks(
  title: string,
  kinds: Readonly<Record<string, readonly Column[]>>,
  chosen: readonly string[],
  set: (ids: readonly string[]) => void,
): HTMLElement {
  const ticked = new Set(chosen);
  const all = Object.values(kinds).flat();
  const box = ({ id, label }: Column) =>
    checkbox(cut(label, longest), ticked.has(id), (on) => {
      if (on) ticked.add(id);
      else ticked.delete(id);
      set(all.flatMap((column) => (ticked.has(column.id) ? [column.id] : [])));
    });
  const fieldsets = Object.entries(kinds)
    .filter(([, columns]) => columns.length > 0)
    .map(([kind, columns]) => h('fieldset', {}, h('legend', {}, kind), ...columns.map(box)));
  const list = h('div.columns', {}, ...fieldsets);
  const element = h('details.chooser', {}, h('summary', {}, title), list);
  document.addEventListener(
    'click',
    ({ target }) => {
      if (target instanceof Node && !element.contains(target)) element.open = false;
    },
    { signal: lifetime() },
  );
  element.addEventListener('keydown', ({ key }) => {
    if (key !== 'Escape') return;
    element.open = false;
    element.querySelector('summary')?.focus();
  });
  return element;
}

/** Columns to choose one of. */
export function optionsOf(columns: readonly Column[]): Map<string, string> {
  return new Map(columns.map(({ id, label }) => [id, cut(label, longest)]));
}
