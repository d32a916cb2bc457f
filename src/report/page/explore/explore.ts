/** How settings lead to results: parallel coordinates that filter the page, and views that answer under them. */
import { choice, h, section } from '../dom.ts';
import type { PageState } from '../state.ts';
import { whenSeen } from '../when-seen.ts';
import { optionsOf } from './chooser.ts';
import { type Exploring, exploring, metricKey } from './exploring.ts';
import { frontPanel, hasFront } from './front.ts';
import { heatPanel } from './heat-map.ts';
import { historyPanel } from './history.ts';
import { importancePanel } from './importance.ts';
import type { ExplorePanel } from './panel.ts';
import { parallelPanel } from './parallel/parallel.ts';
import { scatterPanel } from './scatter.ts';
import { slicesPanel } from './slices.ts';
import { type Tab, tabs } from './tabs.ts';

const tabKey = 'explore.view';

export function explore(state: PageState): HTMLElement | null {
  const first = exploring(state);
  if (first === undefined) return null;
  const host = h('div');
  let panels: readonly ExplorePanel[] = [];
  let redraws: readonly (() => void)[] = [];
  const build = (shown: Exploring) => {
    for (const panel of panels) panel.dispose();
    panels = [parallelPanel(shown), views(shown)].filter((panel) => panel !== null);
    host.replaceChildren(...panels.map(({ element }) => element));
    redraws = panels.map(({ element, draw }) => whenSeen(element, draw));
  };
  build(first);
  if (panels.length === 0) return null;
  const redraw = () => {
    for (const draw of redraws) draw();
  };
  state.filter.onFilter(redraw);
  state.selection.onChoice(redraw);
  const metric = choice('Metric', optionsOf(first.goals), first.metric.id, (id) => {
    state.view.set(metricKey, id);
    build(exploring(state) ?? first);
  });
  const bar = first.goals.length > 1 ? h('div.toolbar', {}, metric) : null;
  return section('explore', 'Explore', null, bar, host);
}

/** Those that have something to show. */
function views(shown: Exploring): ExplorePanel | null {
  const { params, losses, state } = shown;
  const valued = losses.filter((loss) => loss !== undefined).length;
  if (valued < 2) return null;
  const hasParams = params.length > 0;
  const all: readonly (Tab | false)[] = [
    { id: 'history', title: 'History', make: () => historyPanel(shown) },
    hasParams && { id: 'importance', title: 'Importance', make: () => importancePanel(shown) },
    hasParams && { id: 'slices', title: 'Slices', make: () => slicesPanel(shown) },
    { id: 'scatter', title: 'Scatter', make: () => scatterPanel(shown) },
    params.length > 1 && { id: 'heat', title: 'Two params', make: () => heatPanel(shown) },
    hasFront(shown) && { id: 'front', title: 'Pareto front', make: () => frontPanel(shown) },
  ];
  const there = all.filter((tab) => tab !== false);
  return tabs('Views of the metric', there, state.view.get(tabKey), (id) =>
    state.view.set(tabKey, id === there[0]?.id ? undefined : id),
  );
}
