/** Parallel coordinates: a line for each setting; a range drawn on an axis filters every table and chart of the page. */
import { h } from '../../dom.ts';
import { cut } from '../../format.ts';
import { atEnd } from '../../lifetime.ts';
import { onTheme } from '../../theme.ts';
import { listOf, textOf } from '../../view.ts';
import { brokenCounts, trialsSaid } from '../broken.ts';
import { axisChoices, columnTicks } from '../chooser.ts';
import { coloringOf } from '../coloring.ts';
import { telling } from '../default-axes.ts';
import type { Exploring } from '../exploring.ts';
import type { ExplorePanel } from '../panel.ts';
import { parallelSheet } from './sheet.ts';

const axesKey = 'parallel.axes';
const key = { color: 'parallel.color' } as const;
const mostParams = 9;

export function parallelPanel(exploring: Exploring): ExplorePanel | null {
  const { params, metrics, metric, state } = exploring;
  if (params.length === 0) return null;
  const host = h('div');
  const preset = [...telling(exploring, mostParams), metric].map(({ id }) => id);
  let sheet: ExplorePanel | undefined;
  const shownAxes = () => listOf(state.view.get(axesKey)) ?? preset;
  const colors = [metric, ...params, ...metrics.filter((column) => column !== metric)];
  const { chosen, chooser } = axisChoices(exploring, colors, key, { color: metric }, () => build());
  const build = () => {
    sheet?.dispose();
    const axes = shownAxes().flatMap((id) => exploring.column(id) ?? []);
    sheet = parallelSheet(exploring, axes, coloringOf(chosen('color')));
    host.replaceChildren(sheet.element);
  };
  const setAxes = (ids: readonly string[]) => {
    state.view.set(axesKey, ids.join() === preset.join() ? undefined : textOf(ids));
    build();
  };
  const toolbar = h(
    'div.toolbar',
    {},
    chooser('Colour by', 'color'),
    columnTicks('Axes', { Params: params, Metrics: metrics }, shownAxes(), setAxes),
  );
  build();
  const element = h(
    'figure.card.parallel',
    {},
    h('figcaption', {}, h('h3', {}, 'Settings and what came of them'), said(exploring, preset.length - 1)),
    toolbar,
    host,
  );
  atEnd(onTheme(() => sheet?.draw()));
  return { element, draw: () => sheet?.draw(), dispose: () => sheet?.dispose() };
}

function said(exploring: Exploring, axes: number): HTMLElement {
  const { params, apart, counted, metric } = exploring;
  const broken = brokenCounts(exploring);
  const sentences = [
    'Pull along an axis to keep only what passes there: tables and charts follow. A click on an axis’s name sets the range by numbers.',
    params.length > axes &&
      `The ${axes} params that matter most of ${params.length} have an axis: the others are under “Axes”.`,
    broken !== '' && `Grey, without a value of ${cut(metric.label, 60)}: ${broken}.`,
    apart.size > 0 && `Left out: ${counted(apart.size)} of other groups, whose values may not be ranked with these.`,
    trialsSaid(exploring),
  ];
  return h('p.note', {}, sentences.filter(Boolean).join(' '));
}
