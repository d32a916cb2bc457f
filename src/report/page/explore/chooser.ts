/** Which columns the reader wants to see, of those that there are. */
import { checkbox, choice, h } from '../dom.ts';
import { dropDown } from '../drop-down.ts';
import { cut } from '../format.ts';
import type { Column } from './columns.ts';
import type { Exploring } from './exploring.ts';

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
  return dropDown(title, list);
}

/** Columns to choose one of. */
export function optionsOf(columns: readonly Column[]): Map<string, string> {
  return new Map(columns.map(({ id, label }) => [id, cut(label, longest)]));
}

export interface AxisChoices<Axis extends string> {
  chosen(axis: Axis): Column;
  chooser(title: string, axis: Axis): HTMLElement;
}

/**
 * A column for each axis, kept in the view.
 *
 * @param keys in the view
 * @param preset what each is at first
 * @param changed after another was chosen
 */
export function axisChoices<Axis extends string>(
  { state: { view } }: Exploring,
  offered: readonly Column[],
  keys: Readonly<Record<Axis, string>>,
  preset: Readonly<Record<Axis, Column>>,
  changed: (axis: Axis) => void,
): AxisChoices<Axis> {
  const chosen = (axis: Axis) => offered.find(({ id }) => id === view.get(keys[axis])) ?? preset[axis];
  const chooser = (title: string, axis: Axis) =>
    choice(title, optionsOf(offered), chosen(axis).id, (id) => {
      view.set(keys[axis], id === preset[axis].id ? undefined : id);
      changed(axis);
    });
  return { chosen, chooser };
}
