/** The lines: those that every filter keeps, in colours, over the faint ones of all. */
import { h } from '../../dom.ts';
import type { Theme } from '../../theme.ts';
import type { Coloring } from '../coloring.ts';
import type { Layout } from './layout.ts';
import { pixelOf, rasterLines } from './raster.ts';

export interface LineSheet {
  readonly element: HTMLCanvasElement;
  /** After axes, size, colours or theme have changed. */
  prepare(layout: Layout, look: Look): void;
  /** @param shown of the items, the last on top */
  draw(shown: Int32Array): void;
}

export interface Look {
  readonly theme: Theme;
  readonly coloring: Coloring;
  /** All that have a line. */
  readonly all: Int32Array;
  /** Without a value of the metric: it failed, was pruned, or diverged. */
  readonly isBroken: (item: number) => boolean;
}

/** As many are drawn as paths with soft edges; more as pixels. */
const mostPaths = 800;
const idleMs = 300;

export function lineSheet(): LineSheet {
  const element = h('canvas', { 'aria-hidden': 'true' });
  const context = element.getContext('2d', { willReadFrequently: true });
  let draw: LineSheet['draw'] = () => {};
  return {
    element,
    prepare: (layout, look) => {
      if (context !== null) draw = painter(context, layout, look);
    },
    draw: (shown) => draw(shown),
  };
}

function painter(context: CanvasRenderingContext2D, layout: Layout, { theme, coloring, all, isBroken }: Look) {
  const { canvas } = context;
  const ratio = Math.min(2, devicePixelRatio);
  [canvas.width, canvas.height] = [Math.round(layout.widthPx * ratio), Math.round(layout.heightPx * ratio)];
  canvas.style.cssText = `width:${layout.widthPx}px;height:${layout.heightPx}px`;
  const [xs, ys] = [layout.xs.map((x) => x * ratio), layout.ys.map((y) => y * ratio)];
  const colors = coloring.colors(theme);
  const colorOf = (item: number) => colors[coloring.of(item)] ?? theme.muted;
  const paths = (items: Int32Array, stroke: (item: number) => string, alpha: number) => {
    context.lineWidth = 1.25 * ratio;
    context.globalAlpha = alpha;
    for (const item of items) {
      context.strokeStyle = stroke(item);
      context.setLineDash(isBroken(item) ? [4 * ratio, 4 * ratio] : []);
      context.beginPath();
      for (let axis = 0; axis < xs.length; axis++) context.lineTo(xs[axis] ?? 0, ys[item * xs.length + axis] ?? 0);
      context.stroke();
    }
  };
  const pixels = (into: ImageData, items: Int32Array, color: (item: number) => number) => {
    const raster = { width: into.width, height: into.height, pixels: new Uint32Array(into.data.buffer) };
    rasterLines(raster, xs, ys, items, color);
  };
  const faint = pixelOf(theme.line);
  let ground: ImageData | undefined;
  const groundOf = () => {
    if (all.length > mostPaths) {
      const drawn = context.createImageData(canvas.width, canvas.height);
      pixels(drawn, all, () => faint);
      return drawn;
    }
    context.clearRect(0, 0, canvas.width, canvas.height);
    paths(all, () => theme.line, 1);
    return context.getImageData(0, 0, canvas.width, canvas.height);
  };
  // Before the first range is pulled, so that it waits no longer than the next.
  if (all.length > mostPaths)
    setTimeout(() => {
      ground ??= groundOf();
    }, idleMs);
  const numbers = colors.map(pixelOf);
  const broken = pixelOf(theme.muted);
  const onTop = context.createImageData(canvas.width, canvas.height);
  return (shown: Int32Array) => {
    if (shown.length < all.length) ground ??= groundOf();
    if (shown.length <= mostPaths) {
      if (shown.length < all.length && ground !== undefined) context.putImageData(ground, 0, 0);
      else context.clearRect(0, 0, canvas.width, canvas.height);
      paths(shown, colorOf, shown.length > 150 ? 0.7 : 0.9);
      return;
    }
    const under = shown.length < all.length ? ground : undefined;
    if (under === undefined) onTop.data.fill(0);
    else onTop.data.set(under.data);
    pixels(onTop, shown, (item) => numbers[coloring.of(item)] ?? broken);
    context.putImageData(onTop, 0, 0);
  };
}
