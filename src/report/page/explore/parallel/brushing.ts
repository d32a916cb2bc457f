/** The ranges that are set: kept in the view, and a filter of the whole page. */
import type { ComparedRun } from '../../../comparison.ts';
import type { Exploring } from '../exploring.ts';
import { type Brush, type Brushes, brushesOf, keeps, textOfBrushes } from './brush.ts';
import type { Axis } from './layout.ts';

const key = 'parallel.brush';
const panel = 'parallel';

export interface Brushing {
  all(): Brushes;
  /** @param isLast not while it is pulled: a browser takes few changes of a link in a second */
  set(axis: Axis, brush: Brush | undefined, isLast: boolean): void;
  clear(): void;
}

/** What the view says of axes that are shown holds from the start. */
export function brushing(exploring: Exploring, axes: readonly Axis[]): Brushing {
  const { view } = exploring.state;
  const byId = new Map(axes.map((axis) => [axis.column.id, axis]));
  let brushes = new Map([...brushesOf(view.get(key))].filter(([id]) => byId.has(id)));
  const apply = (isLast = true) => {
    if (isLast) view.set(key, textOfBrushes(brushes));
    exploring.state.filter.keepOnly(panel, brushes.size === 0 ? undefined : filterOf(exploring, axes, brushes));
  };
  apply();
  return {
    all: () => brushes,
    set: ({ column }, brush, isLast) => {
      if (brush === undefined) brushes.delete(column.id);
      else brushes.set(column.id, brush);
      apply(isLast);
    },
    clear: () => {
      brushes = new Map();
      apply();
    },
  };
}

function filterOf(
  { items, itemOf }: Exploring,
  axes: readonly Axis[],
  brushes: Brushes,
): (run: ComparedRun) => boolean {
  const kept = new Uint8Array(items.length).fill(1);
  for (const { column } of axes) {
    const brush = brushes.get(column.id);
    if (brush === undefined) continue;
    for (let at = 0; at < items.length; at++) if (!keeps(brush, column.cells[at])) kept[at] = 0;
  }
  return (run) => {
    const at = itemOf(run);
    return at !== undefined && kept[at] === 1;
  };
}
