/** The metric by two params at once: how well each pair of their values did. */
import { choice, h } from '../dom.ts';
import { cut } from '../format.ts';
import { currentTheme, onTheme } from '../theme.ts';
import { binsOf, type HeatCell, heatCells } from './bins.ts';
import { axisChoices } from './chooser.ts';
import type { Column } from './columns.ts';
import { telling } from './default-axes.ts';
import type { Exploring } from './exploring.ts';
import type { ExplorePanel } from './panel.ts';
import { inkOn, rampOf, rampScale } from './ramp.ts';

const key = { x: 'heat.x', y: 'heat.y' } as const;
const ofKey = 'heat.of';
const mostRows = 24;
const longest = 22;

export function heatPanel(exploring: Exploring): ExplorePanel {
  const { params, metric } = exploring;
  const { view } = exploring.state;
  const [first = metric, second = metric] = telling(exploring, 2);
  const preset = { x: first, y: second };
  const { chosen, chooser } = axisChoices(exploring, params, key, preset, () => draw());
  const isBest = () => view.get(ofKey) === 'best';
  const host = h('div.scroll');
  const draw = () => host.replaceChildren(heatTable(exploring, chosen('x'), chosen('y'), isBest()));
  const of = choice(
    'Each cell',
    new Map([
      ['mean', 'the mean'],
      ['best', 'the best'],
    ]),
    isBest() ? 'best' : 'mean',
    (value) => {
      view.set(ofKey, value === 'best' ? value : undefined);
      draw();
    },
  );
  draw();
  const toolbar = h('div.toolbar', {}, chooser('Across', 'x'), chooser('Down', 'y'), of);
  const note = h(
    'p.note',
    {},
    'Of what the filter keeps, without what has no value or lacks one of the params. A cell’s small number is how many it is of; nothing was tried where it is empty.',
  );
  return { element: h('div', {}, toolbar, host, note), draw, dispose: onTheme(draw) };
}

function heatTable(exploring: Exploring, across: Column, down: Column, isBest: boolean): HTMLElement {
  const { losses, isShown, goal, metric } = exploring;
  const [columns, rows] = [binsOf(across), binsOf(down)];
  const cells = heatCells(
    columns,
    rows,
    losses.map((loss, at) => (isShown(at) ? loss : undefined)),
  );
  const lossOf = (cell: HeatCell) => (isBest ? cell.best : cell.mean);
  const scale = rampScale(
    cells.flat().flatMap((cell) => (cell === undefined ? [] : [lossOf(cell)])),
    'minimize',
  );
  const colors = rampOf(currentTheme());
  const sign = goal === 'maximize' ? -1 : 1;
  const drawn = (cell: HeatCell | undefined) => {
    if (cell === undefined) return h('td');
    const color = colors[scale?.colorOf(lossOf(cell)) ?? 0] ?? '#ffffff';
    const value = exploring.state.metricText(metric.name, sign * lossOf(cell));
    const title = `${isBest ? 'best' : 'mean'} ${value} of ${exploring.counted(cell.count)}`;
    const style = `background:${color};color:${inkOn(color)}`;
    return h('td', { title, style }, value, h('small', {}, String(cell.count)));
  };
  const heads = columns.labels.slice(0, mostRows).map((label) => h('th', { scope: 'col' }, cut(label, longest)));
  const body = rows.labels.slice(0, mostRows).map((label, row) => {
    const inRow = columns.labels.slice(0, mostRows).map((_, at) => drawn(cells[row]?.[at]));
    return h('tr', {}, h('th', { scope: 'row' }, cut(label, longest)), ...inRow);
  });
  const caption = `${isBest ? 'Best' : 'Mean'} ${cut(metric.label, 60)}: ${cut(across.label, 40)} across, ${cut(down.label, 40)} down.`;
  const cutOff =
    Math.max(columns.labels.length, rows.labels.length) > mostRows ? ` The first ${mostRows} values of each.` : '';
  return h(
    'table.heat',
    {},
    h('caption', {}, caption + cutOff),
    h('thead', {}, h('tr', {}, h('td'), ...heads)),
    h('tbody', {}, ...body),
  );
}
