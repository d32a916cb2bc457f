/** Views of which one is seen: each is made when it is first asked for. */
import { h } from '../dom.ts';
import type { ExplorePanel } from './panel.ts';

export interface Tab {
  readonly id: string;
  readonly title: string;
  make(): ExplorePanel;
}

/** @param chosen told after the reader chose another */
export function tabs(
  name: string,
  all: readonly Tab[],
  first: string | undefined,
  chosen: (id: string) => void,
): ExplorePanel {
  const made = new Map<string, ExplorePanel>();
  const hosts = all.map(({ id }) =>
    h('div', { role: 'tabpanel', id: `panel-${id}`, 'aria-labelledby': `tab-${id}`, hidden: true }),
  );
  let shown: ExplorePanel | undefined;
  const show = (at: number) => {
    const tab = all[at];
    if (tab === undefined) return;
    bar.mark(at);
    for (const [place, host] of hosts.entries()) host.hidden = place !== at;
    const known = made.get(tab.id);
    shown = known ?? tab.make();
    made.set(tab.id, shown);
    if (known === undefined) hosts[at]?.append(shown.element);
    else known.draw();
  };
  const bar = tabBar(name, all, (at) => {
    show(at);
    chosen(all[at]?.id ?? '');
  });
  show(
    Math.max(
      0,
      all.findIndex(({ id }) => id === first),
    ),
  );
  return {
    element: h('div.card.tabbed', {}, bar.element, ...hosts),
    draw: () => shown?.draw(),
    dispose: () => {
      for (const panel of made.values()) panel.dispose();
    },
  };
}

/** The names of the tabs: a click chooses one, as do the arrow keys, Home and End. */
function tabBar(name: string, all: readonly Tab[], choose: (at: number) => void) {
  const buttons = all.map(({ id, title }, at) =>
    h(
      'button.tab',
      {
        ...{ type: 'button', role: 'tab', id: `tab-${id}`, 'aria-controls': `panel-${id}` },
        onclick: () => choose(at),
        onkeydown: (event) => step(event as KeyboardEvent, at),
      },
      title,
    ),
  );
  const step = ({ key }: KeyboardEvent, at: number) => {
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[key];
    if (to === undefined) return;
    const next = (to + all.length) % all.length;
    choose(next);
    buttons[next]?.focus();
  };
  const mark = (at: number) => {
    for (const [place, button] of buttons.entries()) {
      button.setAttribute('aria-selected', String(place === at));
      button.tabIndex = place === at ? 0 : -1;
    }
  };
  return { element: h('div.tabs', { role: 'tablist', 'aria-label': name }, ...buttons), mark };
}
