/** The metric in the order of the trials, and the best until each of them. */
import { h } from '../dom.ts';
import { cut } from '../format.ts';
import type { Theme } from '../theme.ts';
import { chartAxis } from './axis-option.ts';
import { bestSoFar } from './best-so-far.ts';
import { brokenCounts } from './broken.ts';
import type { Column } from './columns.ts';
import type { Exploring } from './exploring.ts';
import type { ExplorePanel } from './panel.ts';
import { spotChart } from './spot-chart.ts';

const heightPx = 320;
const mostCrosses = 200;

export function historyPanel(exploring: Exploring): ExplorePanel {
  const { metric, goal, items, apart } = exploring;
  const order = orderOf(exploring);
  const [x, y] = [chartAxis(order), chartAxis(metric, false)];
  const placed = items.flatMap((_, at) => (apart.has(at) ? [] : [{ at, x: Number(order.cells[at]) }]));
  const spots = placed.flatMap(({ at, x }) => {
    const value = metric.cells[at];
    return typeof value === 'number' ? [{ at, x, y: value }] : [];
  });
  const broken = placed.filter(({ at }) => metric.cells[at] === undefined);
  const last = Math.max(...placed.map((place) => place.x));
  const drawn = spotChart(exploring, spoken(exploring), heightPx, () => {
    const shown = spots.filter(({ at }) => exploring.isShown(at));
    const line = bestSoFar(shown, goal, last);
    const crosses = broken.filter(({ at }) => exploring.isShown(at));
    return {
      ...{ x, y, spots, told: [] },
      more: (theme) => [bestLine(line, theme), crossed(crosses, theme)],
      itemOf: (id, index) => (id === 'broken' ? crosses[index]?.at : undefined),
    };
  });
  const failed = brokenCounts(exploring);
  const note = h(
    'p.note',
    {},
    `The line is the best until then.${failed === '' ? '' : ` A mark at the lower edge is one without a value: ${failed}.`} A click selects the run.`,
  );
  return { element: h('div', {}, drawn.element, note), draw: drawn.draw, dispose: drawn.dispose };
}

/** By the number of the trial; where some have none, by when they began. */
function orderOf({ items }: Exploring): Column {
  const isNumbered = items.every(({ run }) => run.trial !== null);
  const began = items.map(({ run }) => Date.parse(run.startedAt));
  const order = began.map((_, at) => at).sort((a, b) => (began[a] ?? 0) - (began[b] ?? 0) || a - b);
  const place = new Map(order.map((at, rank) => [at, rank + 1]));
  const label = isNumbered ? 'trial' : 'in the order they began';
  const cells = items.map(({ run }, at) => (isNumbered ? (run.trial ?? 0) : (place.get(at) ?? 0)));
  return { id: 't:order', kind: 'param', name: label, label, goal: undefined, isNumeric: true, cells, text: String };
}

function bestLine(line: readonly (readonly [number, number])[], theme: Theme) {
  return {
    ...{ type: 'line', id: 'best', step: 'end', data: line, showSymbol: false, silent: true, z: 30 },
    lineStyle: { color: theme.text, width: 1.75 },
  };
}

/** On the frame, as no value places them; many are strokes, which are drawn in one go. */
function crossed(places: readonly { readonly x: number }[], theme: Theme) {
  const shared = { type: 'scatter', id: 'broken', yAxisIndex: 1, z: 1, data: places.map(({ x }) => [x, 0.02]) };
  if (places.length > mostCrosses)
    return { ...shared, symbol: 'rect', symbolSize: [1, 8], large: true, itemStyle: { color: theme.muted } };
  const itemStyle = { color: 'none', borderColor: theme.muted, borderWidth: 1.25 };
  return { ...shared, symbol: 'path://M0 0L10 10M10 0L0 10', symbolSize: 7, itemStyle };
}

function spoken({ metric, counted, items, goal, state }: Exploring): string {
  const values = metric.cells.filter((cell) => typeof cell === 'number');
  const best = goal === 'maximize' ? values.reduce((a, b) => Math.max(a, b)) : values.reduce((a, b) => Math.min(a, b));
  return `${cut(metric.label, 60)} of ${counted(items.length)} in their order; the best is ${state.metricText(metric.name, best)}.`;
}
