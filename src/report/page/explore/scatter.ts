/** Any two columns against each other, coloured by a third. */
import { checkbox, h } from '../dom.ts';
import { cut } from '../format.ts';
import { chartAxis } from './axis-option.ts';
import { axisChoices } from './chooser.ts';
import { coloringOf } from './coloring.ts';
import type { Column } from './columns.ts';
import { telling } from './default-axes.ts';
import type { Exploring } from './exploring.ts';
import type { ExplorePanel } from './panel.ts';
import { spotChart } from './spot-chart.ts';

const heightPx = 380;
const key = { x: 'scatter.x', y: 'scatter.y', color: 'scatter.color' } as const;
const logKey = 'scatter.log';

export function scatterPanel(exploring: Exploring): ExplorePanel {
  const { state, params, metrics, times, metric } = exploring;
  const { view } = state;
  const columns = [...params, ...metrics, ...times];
  const [first = times[0] ?? metric] = telling(exploring, 1);
  const split = params.find(({ name }) => name === state.splitBy) ?? first;
  const preset = { x: first, y: metric, color: split };
  const host = h('div');
  let drawn: ExplorePanel | undefined;
  const build = () => {
    drawn?.dispose();
    const columns = { x: chosen('x'), y: chosen('y'), color: chosen('color') };
    drawn = plot(exploring, columns, logsOf(view.get(logKey)), (logs) => {
      view.set(logKey, textOfLogs(logs));
      build();
    });
    host.replaceChildren(drawn.element);
  };
  const { chosen, chooser } = axisChoices(exploring, columns, key, preset, (axis) => {
    if (axis !== 'color') view.set(logKey, undefined);
    build();
  });
  const toolbar = h('div.toolbar', {}, chooser('Across', 'x'), chooser('Up', 'y'), chooser('Colour by', 'color'));
  build();
  return { element: h('div', {}, toolbar, host), draw: () => drawn?.draw(), dispose: () => drawn?.dispose() };
}

interface Plotted {
  readonly x: Column;
  readonly y: Column;
  readonly color: Column;
}

/** @param setLogs the reader wants these axes on a log scale, and the others not */
function plot(exploring: Exploring, { x, y, color }: Plotted, logs: Logs, setLogs: (logs: Logs) => void): ExplorePanel {
  const { items, counted } = exploring;
  const [across, up] = [chartAxis(x, logs.x), chartAxis(y, logs.y)];
  const coloring = coloringOf(color);
  const spots = items.flatMap((_, at) => {
    const [left, bottom] = [across.placeOf(x.cells[at]), up.placeOf(y.cells[at])];
    return left === undefined || bottom === undefined ? [] : [{ at, x: left, y: bottom }];
  });
  const label = `${cut(y.label, 60)} against ${cut(x.label, 60)} of ${counted(spots.length)}, coloured by ${cut(color.label, 60)}.`;
  const told = [...new Set([x, y, color])];
  const chart = spotChart(exploring, label, heightPx, () => ({ x: across, y: up, spots, coloring, told }));
  const sides = [...(x === y ? [] : [['x', across] as const]), ['y', up] as const];
  const toggles = sides
    .filter(([, { column }]) => canBeLog(column))
    .map(([axis, { column, scale }]) =>
      checkbox(`log axis: ${cut(column.label, 24)}`, scale.kind === 'log', (on) => setLogs({ ...logs, [axis]: on })),
    );
  const without = items.length - spots.length;
  const left = without === 0 ? '' : `${counted(without)} without one of the two, or of another group, are left out. `;
  const foot = h('div.toolbar.parallel-foot', {}, coloring.legend(), h('span.toggles', {}, ...toggles));
  return {
    element: h('div', {}, foot, chart.element, h('p.note', {}, `${left}A click selects the run.`)),
    draw: chart.draw,
    dispose: chart.dispose,
  };
}

interface Logs {
  readonly x?: boolean;
  readonly y?: boolean;
}

/** `x1y0`: the axes whose scale the reader has set. */
function logsOf(text = ''): Logs {
  return Object.fromEntries([...text.matchAll(/([xy])([01])/g)].map(([, axis = 'x', on]) => [axis, on === '1']));
}

function textOfLogs(logs: Logs): string {
  return Object.entries(logs)
    .map(([axis, on]) => `${axis}${on ? 1 : 0}`)
    .join('');
}

function canBeLog({ isNumeric, cells, kind }: Column): boolean {
  return isNumeric && kind !== 'time' && cells.every((cell) => typeof cell !== 'number' || cell > 0);
}
