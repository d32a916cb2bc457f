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
    drawn = plot(exploring, chosen('x'), chosen('y'), chosen('color'), logsOf(view.get(logKey)));
    host.replaceChildren(drawn.element);
  };
  const { chosen, chooser } = axisChoices(exploring, columns, key, preset, (axis) => {
    if (axis !== 'color') view.set(logKey, undefined);
    build();
  });
  const toolbar = h('div.toolbar', {}, chooser('Across', 'x'), chooser('Up', 'y'), chooser('Colour by', 'color'));
  build();
  return { element: h('div', {}, toolbar, host), draw: () => drawn?.draw(), dispose: () => drawn?.dispose() };

  function plot(shown: Exploring, x: Column, y: Column, color: Column, logs: Logs): ExplorePanel {
    const [across, up] = [chartAxis(x, logs.x), chartAxis(y, logs.y)];
    const coloring = coloringOf(color);
    const spots = shown.items.flatMap((_, at) => {
      const [left, bottom] = [across.placeOf(x.cells[at]), up.placeOf(y.cells[at])];
      return left === undefined || bottom === undefined ? [] : [{ at, x: left, y: bottom }];
    });
    const label = `${cut(y.label, 60)} against ${cut(x.label, 60)} of ${shown.counted(spots.length)}, coloured by ${cut(color.label, 60)}.`;
    const told = [...new Set([x, y, color])];
    const chart = spotChart(shown, label, heightPx, () => ({ x: across, y: up, spots, coloring, told }));
    const without = shown.items.length - spots.length;
    const toggle = (axis: 'x' | 'y', { label: name }: Column, isLog: boolean) =>
      checkbox(`log axis: ${cut(name, 24)}`, isLog, (on) => {
        view.set(logKey, textOfLogs({ ...logs, [axis]: on }));
        build();
      });
    const toggles = [x === y ? undefined : ({ axis: 'x', of: across } as const), { axis: 'y', of: up } as const]
      .flatMap((side) => (side !== undefined && canBeLog(side.of.column) ? [side] : []))
      .map(({ axis, of }) => toggle(axis, of.column, of.scale.kind === 'log'));
    const note =
      without === 0
        ? 'A click selects the run.'
        : `${shown.counted(without)} without one of the two, or of another group, are left out. A click selects the run.`;
    return {
      element: h(
        'div',
        {},
        h('div.toolbar.parallel-foot', {}, coloring.legend(), h('span.toggles', {}, ...toggles)),
        chart.element,
        h('p.note', {}, note),
      ),
      draw: chart.draw,
      dispose: chart.dispose,
    };
  }
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
