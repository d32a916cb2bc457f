/** The axes over the lines: ticks, names, and the ranges that are drawn on them. */
import { svg } from '../../dom.ts';
import { type Brush, type Brushes, brushOf, stretchesOf } from './brush.ts';
import { type Axis, type Layout, placeOf, tickTexts, yOf } from './layout.ts';

const brushPx = 30;
/** A shorter pull is a click, which takes the range away. */
const shortestPx = 4;
const edgePx = 7;

export interface AxisSheet {
  readonly element: SVGElement;
  /** Draws the ranges. */
  show(brushes: Brushes): void;
  /** Draws an item's line over all others. */
  point(item: number | undefined, kind: 'pointed' | 'selected'): void;
}

/** A range was drawn, or taken away; not the last while it is pulled. */
type Set = (axis: Axis, brush: Brush | undefined, isLast: boolean) => void;

export function axisSheet(axes: readonly Axis[], layout: Layout, set: Set): AxisSheet {
  const ranges = axes.map(() => svg('g', { class: 'ranges' }));
  const lines = {
    selected: svg('polyline', { class: 'line is-selected' }),
    pointed: svg('polyline', { class: 'line' }),
  };
  let shown: Brushes = new Map();
  const drawn = axes.map((axis, at) => {
    const [x, range] = [layout.xs[at] ?? 0, ranges[at] ?? null];
    const area = svg('rect', { class: 'axis-brush', ...rect(x - brushPx / 2, 0, brushPx, layout.heightPx) });
    area.addEventListener('pointerdown', (event) =>
      pull(event as PointerEvent, area, axis, layout, shown.get(axis.column.id), set),
    );
    const isLast = at === axes.length - 1 && axes.length > 1;
    return svg('g', {}, line(x, layout.top, layout.bottom), ...ticks(axis, x, layout, isLast), range, area);
  });
  const element = svg(
    'svg',
    { width: String(layout.widthPx), height: String(layout.heightPx), 'aria-hidden': 'true' },
    ...[lines.selected, lines.pointed, ...drawn],
  );
  return {
    element,
    show: (brushes) => {
      shown = brushes;
      for (const [at, axis] of axes.entries())
        ranges[at]?.replaceChildren(...rangeMarks(axis, layout.xs[at] ?? 0, layout, brushes));
    },
    point: (item, kind) => {
      const points =
        item === undefined ? [] : [...layout.xs].map((x, at) => `${x},${layout.ys[item * axes.length + at]}`);
      lines[kind].setAttribute('points', points.join(' '));
    },
  };
}

const rect = (x: number, y: number, width: number, height: number) => ({
  ...{ x: String(x), y: String(y), width: String(width), height: String(Math.max(0, height)) },
});

function line(x: number, from: number, to: number): SVGElement {
  return svg('line', { class: 'axis', x1: String(x), x2: String(x), y1: String(from), y2: String(to) });
}

function ticks(axis: Axis, x: number, layout: Layout, isLast: boolean): SVGElement[] {
  const { column, scale, hasUnset } = axis;
  const text = (y: number, shown: string, kind: string) =>
    svg(
      'text',
      { class: kind, x: String(isLast ? x + 7 : x - 7), y: String(y + 4), 'text-anchor': isLast ? 'start' : 'end' },
      shown,
    );
  const marks = tickTexts(axis).map(({ at, text: shown }) => text(yOf(scale, at, layout), shown, 'tick'));
  const isMetric = column.kind === 'metric';
  return hasUnset ? [...marks, text(layout.unset, isMetric ? 'no value' : 'not set', 'tick is-unset')] : marks;
}

function rangeMarks({ column, scale }: Axis, x: number, layout: Layout, brushes: Brushes): SVGElement[] {
  const brush = brushes.get(column.id);
  if (brush === undefined) return [];
  const mark = (top: number, bottom: number) => svg('rect', { class: 'range', ...rect(x - 6, top, 12, bottom - top) });
  const stretches = stretchesOf(scale, brush).map(([from, to]) => {
    const ends = [yOf(scale, from, layout), yOf(scale, to, layout)];
    return mark(Math.min(...ends) - 2, Math.max(...ends) + 2);
  });
  return brush.unset === true ? [...stretches, mark(layout.unset - 8, layout.unset + 8)] : stretches;
}

/** Moves an end of the range where the pull begins at one, the whole range from its middle, and elsewhere begins another. */
function pull(
  down: PointerEvent,
  area: SVGElement,
  axis: Axis,
  layout: Layout,
  before: Brush | undefined,
  set: Set,
): void {
  down.preventDefault();
  const start = down.clientY - area.getBoundingClientRect().top;
  const ends = movedEnds(axis, layout, before, start);
  let isPulled = false;
  const rangeAt = (y: number) => {
    const [from, to] = ends(y).sort((a, b) => a - b) as [number, number];
    const unset = axis.hasUnset && to >= layout.unset - 8;
    return brushOf(axis.scale, placeOf(axis.scale, from, layout), placeOf(axis.scale, to, layout), unset);
  };
  const move = (event: PointerEvent) => {
    const y = event.clientY - area.getBoundingClientRect().top;
    isPulled ||= Math.abs(y - start) >= shortestPx;
    if (isPulled) set(axis, rangeAt(y), false);
  };
  const up = (event: PointerEvent) => {
    area.removeEventListener('pointermove', move);
    set(axis, isPulled ? rangeAt(event.clientY - area.getBoundingClientRect().top) : undefined, true);
  };
  area.setPointerCapture(down.pointerId);
  area.addEventListener('pointermove', move);
  area.addEventListener('pointerup', up, { once: true });
  area.addEventListener('pointercancel', () => area.removeEventListener('pointermove', move), { once: true });
}

function movedEnds({ scale }: Axis, layout: Layout, before: Brush | undefined, start: number): (y: number) => number[] {
  const anew = (y: number) => [start, y];
  if (before?.range === undefined) return anew;
  const [stretch] = stretchesOf(scale, before);
  if (stretch === undefined) return anew;
  const [low, high] = stretch.map((place) => yOf(scale, place, layout)).sort((a, b) => a - b) as [number, number];
  if (Math.abs(start - low) <= edgePx) return (y) => [y, high];
  if (Math.abs(start - high) <= edgePx) return (y) => [low, y];
  return start > low && start < high ? (y) => [low + y - start, high + y - start] : anew;
}
