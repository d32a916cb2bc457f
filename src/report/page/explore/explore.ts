/** How settings lead to results: parallel coordinates that filter the page, and views that answer under them. */
import { choice, h, section } from '../dom.ts';
import type { PageState } from '../state.ts';
import { optionsOf } from './chooser.ts';
import { type ExplorePanel, type Exploring, exploring, metricKey } from './exploring.ts';
import { parallelPanel } from './parallel/parallel.ts';

export function explore(state: PageState): HTMLElement | null {
  const first = exploring(state);
  if (first === undefined) return null;
  const host = h('div');
  let panels: readonly ExplorePanel[] = [];
  const build = (shown: Exploring) => {
    for (const panel of panels) panel.dispose();
    panels = [parallelPanel(shown)].filter((panel) => panel !== null);
    host.replaceChildren(...panels.map(({ element }) => element));
  };
  build(first);
  if (panels.length === 0) return null;
  const redraw = () => {
    for (const panel of panels) panel.draw();
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
