/** Lines, axes, names and ranges of chosen axes, as one drawing that answers the pointer and the filter. */
import { h } from '../../dom.ts';
import { cut } from '../../format.ts';
import { currentTheme } from '../../theme.ts';
import type { Coloring } from '../coloring.ts';
import type { Column } from '../columns.ts';
import type { Exploring } from '../exploring.ts';
import { itemTip } from '../item-tip.ts';
import type { ExplorePanel } from '../panel.ts';
import { type AxisSheet, axisSheet } from './axes.ts';
import type { Brush } from './brush.ts';
import { brushing } from './brushing.ts';
import { type Axis, axisOf, type Layout, layoutOf, nearest } from './layout.ts';
import { lineSheet } from './lines.ts';
import { rangeFields } from './ranges.ts';

const nearPx = 8;

export function parallelSheet(exploring: Exploring, columns: readonly Column[], coloring: Coloring): ExplorePanel {
  const { items, state } = exploring;
  const axes = columns.map(axisOf);
  const all = linesIn(exploring, coloring);
  const brushes = brushing(exploring, axes);
  const lines = lineSheet();
  const tip = itemTip(exploring, columns);
  const stage = h('div.parallel-stage', { role: 'img' }, lines.element);
  const room = h('div.scroll.parallel-room', {}, stage);
  const clear = h('button.quiet', { type: 'button', onclick: () => setAll() }, 'Clear all ranges');
  const count = h('span.muted.number');
  let layout: Layout | undefined;
  let over: AxisSheet | undefined;
  let shown = all;
  let theme = currentTheme().name;

  const set = (axis: Axis, brush: Brush | undefined, isLast = true) => {
    brushes.set(axis, brush, isLast);
    showBrushes();
  };
  const setAll = () => {
    brushes.clear();
    showBrushes();
  };
  const fields = rangeFields(axes, set);
  const showBrushes = () => {
    over?.show(brushes.all());
    fields.show(brushes.all());
    clear.hidden = brushes.all().size === 0;
  };
  const place = () => {
    if (room.clientWidth === 0) return;
    theme = currentTheme().name;
    layout = layoutOf(axes, items, room.clientWidth);
    const isBroken = (item: number) => exploring.losses[item] === undefined;
    lines.prepare(layout, { theme: currentTheme(), coloring, all, isBroken });
    over = axisSheet(axes, layout, set);
    stage.style.width = `${layout.widthPx}px`;
    stage.replaceChildren(axisNames(axes, layout, fields.begin), lines.element, over.element, tip.element);
    showBrushes();
    draw();
  };
  const draw = () => {
    if (layout === undefined) return;
    if (theme !== currentTheme().name) return place();
    shown = state.filter.isFiltered() ? all.filter(exploring.isShown) : all;
    lines.draw(shown);
    const chosen = state.selection.run();
    over?.point(chosen === undefined ? undefined : exploring.itemOf(chosen), 'selected');
    count.textContent = `${exploring.counted(shown.length)}${shown.length < all.length ? ` of ${all.length}` : ''}`;
    stage.setAttribute('aria-label', spoken(exploring, axes, shown.length));
  };
  const point = (event: PointerEvent | undefined) => {
    if (layout === undefined) return undefined;
    const found =
      event === undefined || event.buttons > 0 ? undefined : nearest(layout, shown, pointIn(stage, event), nearPx);
    over?.point(found, 'pointed');
    tip.show(found, event);
    return found;
  };
  stage.addEventListener('pointermove', point);
  stage.addEventListener('pointerleave', () => point(undefined));
  stage.addEventListener('click', (event) => {
    const isAxis = event.target instanceof Element && event.target.closest('.axis-brush, button') !== null;
    const found = isAxis ? undefined : point(event as PointerEvent);
    if (found !== undefined) state.selection.choose(items[found]?.run);
  });
  const resizing = new ResizeObserver(place);
  resizing.observe(room);
  showBrushes();
  const legend = h('div.parallel-foot', {}, coloring.legend(), count, clear);
  return {
    element: h('div', {}, legend, room, fields.element),
    draw,
    dispose: () => resizing.disconnect(),
  };
}

/** Those of the group, of dull colours first. */
function linesIn({ items, apart }: Exploring, coloring: Coloring): Int32Array {
  const drawn = items.flatMap((_, at) => (apart.has(at) ? [] : [at]));
  return Int32Array.from(drawn.sort((a, b) => coloring.of(a) - coloring.of(b)));
}

const mostNameCharacters = 40;
const mostNamePx = 190;

function axisNames(axes: readonly Axis[], { xs, widthPx }: Layout, begin: (axis: Axis) => void): HTMLElement {
  const gap = axes.length > 1 ? (xs[1] ?? 0) - (xs[0] ?? 0) : widthPx;
  const namePx = Math.min(gap - 6, mostNamePx);
  const names = axes.map((axis, at) => {
    const { label, goal, isNumeric } = axis.column;
    const arrow = goal === undefined ? '' : goal === 'maximize' ? ' ↑' : ' ↓';
    const title = `${label}: set its range by ${isNumeric ? 'numbers' : 'names'}`;
    const left = Math.min(widthPx - namePx, Math.max(0, (xs[at] ?? 0) - namePx / 2));
    const style = `left:${left}px;width:${namePx}px`;
    const text = `${cut(label, mostNameCharacters)}${arrow}`;
    return h('button.axis-name', { type: 'button', title, style, onclick: () => begin(axis) }, text);
  });
  return h('div.axis-names', {}, ...names);
}

/** Within the drawing, below the names. */
function pointIn(stage: HTMLElement, event: MouseEvent): readonly [number, number] {
  const { left, top } = (stage.querySelector('canvas') ?? stage).getBoundingClientRect();
  return [event.clientX - left, event.clientY - top];
}

function spoken({ counted, metric }: Exploring, axes: readonly Axis[], shown: number): string {
  const names = axes.map(({ column }) => cut(column.label, mostNameCharacters)).join(', ');
  return `Parallel coordinates of ${counted(shown)} over ${names}; the metric looked at is ${metric.label}.`;
}
