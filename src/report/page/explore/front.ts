/** What is best where two metrics count: nothing on the front is beaten in one without losing in the other. */

import { paretoFront } from '../../../statistics/pareto.ts';
import { folded, h, table } from '../dom.ts';
import { cut } from '../format.ts';
import type { Theme } from '../theme.ts';
import { chartAxis } from './axis-option.ts';
import { axisChoices } from './chooser.ts';
import type { Column } from './columns.ts';
import type { Exploring } from './exploring.ts';
import type { ExplorePanel } from './panel.ts';
import { spotChart } from './spot-chart.ts';
import type { Spot } from './spots.ts';

const heightPx = 360;
const mostListed = 8;
const mostFolded = 200;
const key = { x: 'front.x', y: 'front.y' } as const;

/** Whether there are two that can count against each other. */
export function hasFront({ goals }: Exploring): boolean {
  return new Set(goals.map(({ name }) => name)).size > 1;
}

export function frontPanel(exploring: Exploring): ExplorePanel {
  const { state, goals, metric } = exploring;
  const isHeldOut = ({ name }: Column) => state.comparison.metrics[name]?.holdout === true;
  const others = goals.filter(({ name }) => name !== metric.name);
  const preset = { x: metric, y: others.find((other) => !isHeldOut(other)) ?? others[0] ?? metric };
  const host = h('div');
  let drawn: ExplorePanel | undefined;
  const { chosen, chooser } = axisChoices(exploring, goals, key, preset, () => build());
  const build = () => {
    drawn?.dispose();
    drawn = front(exploring, chosen('x'), chosen('y'));
    host.replaceChildren(drawn.element);
  };
  build();
  const toolbar = h('div.toolbar', {}, chooser('Across', 'x'), chooser('Up', 'y'));
  return { element: h('div', {}, toolbar, host), draw: () => drawn?.draw(), dispose: () => drawn?.dispose() };
}

function front(exploring: Exploring, across: Column, up: Column): ExplorePanel {
  const { items, counted, isShown } = exploring;
  const [x, y] = [chartAxis(across), chartAxis(up)];
  const spots = items.flatMap((_, at): Spot[] => {
    const [left, bottom] = [across.cells[at], up.cells[at]];
    return typeof left === 'number' && typeof bottom === 'number' ? [{ at, x: left, y: bottom }] : [];
  });
  const members = () =>
    frontOf(
      spots.filter(({ at }) => isShown(at)),
      across,
      up,
    );
  const on = () => new Set(members().map(({ at }) => at));
  let held = on();
  const coloring = {
    of: (at: number) => (held.has(at) ? 1 : 0),
    colors: (theme: Theme) => [`${theme.muted}70`, theme.series[1] ?? theme.text],
    legend: () => h('div'),
  };
  const goal = (column: Column) => `${column.goal} ${cut(column.label, 60)}`;
  const label = `Pareto front of ${counted(spots.length)}: ${goal(across)} and ${goal(up)}; ${held.size} are on it.`;
  const chart = spotChart(exploring, label, heightPx, () => {
    held = on();
    return { x, y, spots, coloring, told: [across, up], more: (theme) => [stairs(members(), theme)] };
  });
  const list = h('div');
  const draw = () => {
    list.replaceChildren(listed(exploring, members(), across, up));
    chart.draw();
  };
  list.replaceChildren(listed(exploring, members(), across, up));
  const without = items.length - spots.length;
  const left = without === 0 ? '' : ` ${counted(without)} without both values are left out.`;
  const note = h(
    'p.note',
    {},
    `${goal(across)}, ${goal(up)}: whatever is on the line is beaten by none in both.${left}`,
  );
  return { element: h('div', {}, chart.element, note, list), draw, dispose: chart.dispose };
}

function frontOf(spots: readonly Spot[], across: Column, up: Column): Spot[] {
  const sign = ({ goal }: Column) => (goal === 'maximize' ? -1 : 1);
  const losses = spots.map(({ x, y }) => [sign(across) * x, sign(up) * y]);
  return paretoFront(losses)
    .flatMap((at) => spots[at] ?? [])
    .sort((a, b) => sign(across) * (a.x - b.x) || sign(up) * (a.y - b.y));
}

/** From one member to the next along what neither beats. */
function stairs(members: readonly Spot[], theme: Theme) {
  const corners = members.flatMap(({ x, y }, at) => {
    const next = members[at + 1];
    return next === undefined
      ? [[x, y]]
      : [
          [x, y],
          [next.x, y],
        ];
  });
  const lineStyle = { color: theme.series[1], width: 1.75 };
  return { type: 'line', id: 'front', data: corners, showSymbol: false, silent: true, z: 1, lineStyle };
}

function listed(exploring: Exploring, members: readonly Spot[], across: Column, up: Column): HTMLElement {
  const { items, state } = exploring;
  const link = (at: number) => {
    const item = items[at];
    if (item === undefined) return '';
    const choose = () => state.selection.choose(item.run, true);
    return h('button.link', { type: 'button', onclick: choose }, cut(state.entryLabel(item), 90));
  };
  const rows = members.slice(0, mostFolded).map(({ at, x, y }) => [link(at), across.text(x), up.text(y)]);
  const headings = ['On the front', cut(across.label, 40), cut(up.label, 40)];
  const more = rows.slice(mostListed);
  const rest =
    more.length === 0
      ? null
      : folded(`${members.length - mostListed} more on the front`, table(headings, more, [1, 2]));
  const cutOff = members.length > mostFolded ? h('p.note', {}, `The first ${mostFolded} are listed.`) : null;
  return h('div.front-members', {}, table(headings, rows.slice(0, mostListed), [1, 2]), rest, cutOff);
}
