/** Where the axes stand, and where each item crosses them. */
import { cut } from '../../format.ts';
import type { Column } from '../columns.ts';
import type { Item } from '../items.ts';
import { type Scale, scaleOf, ticksOf, tickText } from '../scale.ts';

export interface Axis {
  readonly column: Column;
  readonly scale: Scale;
  /** Whether some item has no value here: it passes below the axis. */
  readonly hasUnset: boolean;
}

export interface Layout {
  readonly widthPx: number;
  readonly heightPx: number;
  /** Where axes end; what is not set passes at `unset`. */
  readonly top: number;
  readonly bottom: number;
  readonly unset: number;
  /** `[axes]` */
  readonly xs: Float32Array;
  /** `[items × axes]` */
  readonly ys: Float32Array;
}

const least = { gapPx: 96, heightPx: 330 } as const;
const edge = { right: 68, top: 10, bottom: 12, unset: 26 } as const;
/** Ticks stand left of their axis: of the first there must be room for them. */
const left = { leastPx: 46, characterPx: 6.4, gapPx: 10 } as const;
/** Characters of a tick. */
const longestTick = 12;
const mostTicks = 6;

export function tickTexts({ column, scale }: Axis): { readonly at: number; readonly text: string }[] {
  return ticksOf(scale, mostTicks).map(({ at, value }) => ({ at, text: cut(tickText(column, value), longestTick) }));
}

export function axisOf(column: Column): Axis {
  return { column, scale: scaleOf(column), hasUnset: column.cells.some((cell) => cell === undefined) };
}

/** Numbers rise; categories are read from above. */
export function yOf(scale: Scale, place: number, { top, bottom }: Pick<Layout, 'top' | 'bottom'>): number {
  const fromTop = scale.kind === 'category' ? place : 1 - place;
  return top + fromTop * (bottom - top);
}

export function placeOf(scale: Scale, y: number, { top, bottom }: Pick<Layout, 'top' | 'bottom'>): number {
  const fromTop = (y - top) / (bottom - top);
  return scale.kind === 'category' ? fromTop : 1 - fromTop;
}

export function layoutOf(axes: readonly Axis[], items: readonly Item[], roomPx: number): Layout {
  const longest = Math.max(0, ...axes.slice(0, 1).flatMap((axis) => tickTexts(axis).map(({ text }) => text.length)));
  const leftPx = Math.max(left.leastPx, left.gapPx + longest * left.characterPx);
  const widthPx = Math.max(roomPx, leftPx + edge.right + (axes.length - 1) * least.gapPx);
  const heightPx = least.heightPx;
  const unset = heightPx - edge.bottom;
  const hasUnset = axes.some((axis) => axis.hasUnset);
  const ends = { top: edge.top, bottom: hasUnset ? unset - edge.unset : unset };
  const gap = axes.length > 1 ? (widthPx - leftPx - edge.right) / (axes.length - 1) : 0;
  const xs = Float32Array.from(axes, (_, at) => leftPx + at * gap);
  const ys = new Float32Array(items.length * axes.length);
  axes.forEach(({ column, scale }, axis) => {
    for (let item = 0; item < items.length; item++) {
      const place = scale.at(column.cells[item]);
      ys[item * axes.length + axis] = Number.isNaN(place) ? unset : yOf(scale, place, ends);
    }
  });
  return { widthPx, heightPx, ...ends, unset, xs, ys };
}

/** The item whose line passes nearest to a point; undefined where none is near. */
export function nearest(
  { xs, ys }: Layout,
  shown: Int32Array,
  [x, y]: readonly [number, number],
  mostPx: number,
): number | undefined {
  const right = xs.findIndex((at) => at >= x);
  if (right < 1) return undefined;
  const [from, to] = [xs[right - 1] ?? 0, xs[right] ?? 0];
  const share = (x - from) / (to - from);
  let [found, best]: [number | undefined, number] = [undefined, mostPx];
  for (const item of shown) {
    const [a, b] = [ys[item * xs.length + right - 1] ?? 0, ys[item * xs.length + right] ?? 0];
    // Across the line, not down to it: a steep one is near where one points at it.
    const distance = Math.abs(a + share * (b - a) - y) / Math.hypot(1, (b - a) / (to - from));
    if (distance <= best) [found, best] = [item, distance];
  }
  return found;
}
