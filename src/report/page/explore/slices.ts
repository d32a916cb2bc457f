/** The metric against each param, side by side: where the good values lie. */
import { h } from '../dom.ts';
import { cut } from '../format.ts';
import { chartAxis } from './axis-option.ts';
import type { Column } from './columns.ts';
import { telling } from './default-axes.ts';
import type { Exploring } from './exploring.ts';
import type { ExplorePanel } from './panel.ts';
import { spotChart } from './spot-chart.ts';
import type { Spot } from './spots.ts';

const heightPx = 210;
const mostSlices = 12;
/** Of each slice: a dozen of them are drawn at once. */
const mostSpots = 1000;
/** From so many on they are pixels, as there are a dozen times as many. */
const manySpots = 300;

export function slicesPanel(exploring: Exploring): ExplorePanel {
  const { params, counted, losses, metric } = exploring;
  const columns = telling(exploring, mostSlices);
  const slices = columns.map((column) => slice(exploring, column));
  const some =
    params.length > columns.length ? ` The ${columns.length} that matter most of ${params.length} params.` : '';
  const valued = losses.filter((loss) => loss !== undefined).length;
  const thinned =
    valued > mostSpots ? ` At most ${mostSpots} of ${counted(valued)} are drawn in each, at even steps.` : '';
  const note = `${cut(metric.label, 60)} up, the same in all; one dot is one ${counted(1).slice(2)}.${some}${thinned} Without a param: “not set”, or left out where it is a number.`;
  return {
    element: h('div', {}, h('p.note', {}, note), h('div.slices', {}, ...slices.map(({ element }) => element))),
    draw: () => {
      for (const { draw } of slices) draw();
    },
    dispose: () => {
      for (const { dispose } of slices) dispose();
    },
  };
}

function slice(exploring: Exploring, column: Column): ExplorePanel {
  const { metric, items, counted } = exploring;
  const [x, y] = [chartAxis(column), chartAxis(metric, false)];
  const all = items.flatMap((_, at): Spot[] => {
    const [across, up] = [x.placeOf(column.cells[at]), metric.cells[at]];
    return across === undefined || typeof up !== 'number' ? [] : [{ at, x: across, y: up }];
  });
  const label = `${cut(metric.label, 60)} against ${cut(column.label, 60)} of ${counted(all.length)}.`;
  const sizePx = all.length > 400 ? 3 : all.length > 80 ? 5 : 7;
  const chart = spotChart(exploring, label, heightPx, () => ({
    x,
    y,
    sizePx,
    isLarge: all.length > manySpots,
    isUpNamed: false,
    spots: evenly(exploring, all),
  }));
  return { element: h('div.panel', {}, chart.element), draw: chart.draw, dispose: chart.dispose };
}

/** Of what the filter keeps: the others would be too many to see it. */
function evenly({ isShown, state }: Exploring, all: readonly Spot[]): readonly Spot[] {
  const shown = state.filter.isFiltered() && all.length > mostSpots ? all.filter(({ at }) => isShown(at)) : all;
  if (shown.length <= mostSpots) return shown;
  const step = shown.length / mostSpots;
  return Array.from({ length: mostSpots }, (_, place) => shown[Math.floor(place * step)]).filter(
    (spot) => spot !== undefined,
  );
}
