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
  const buttons = all.map(({ id, title }, at) =>
    h(
      'button.tab',
      {
        ...{ type: 'button', role: 'tab', id: `tab-${id}`, 'aria-controls': `panel-${id}` },
        onclick: () => show(at),
        onkeydown: (event) => step(event as KeyboardEvent, at),
      },
      title,
    ),
  );
  const hosts = all.map(({ id }) =>
    h('div', { role: 'tabpanel', id: `panel-${id}`, 'aria-labelledby': `tab-${id}`, hidden: true }),
  );
  let current = 0;
  const shown = () => made.get(all[current]?.id ?? '');
  const show = (at: number, isTold = true) => {
    const tab = all[at];
    if (tab === undefined) return;
    current = at;
    for (const [place, button] of buttons.entries()) {
      button.setAttribute('aria-selected', String(place === at));
      button.tabIndex = place === at ? 0 : -1;
    }
    for (const [place, host] of hosts.entries()) host.hidden = place !== at;
    const known = made.get(tab.id);
    if (known === undefined) {
      const panel = tab.make();
      made.set(tab.id, panel);
      hosts[at]?.append(panel.element);
    } else known.draw();
    if (isTold) chosen(tab.id);
  };
  const step = ({ key }: KeyboardEvent, at: number) => {
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[key];
    if (to === undefined) return;
    const next = (to + all.length) % all.length;
    show(next);
    buttons[next]?.focus();
  };
  show(
    Math.max(
      0,
      all.findIndex(({ id }) => id === first),
    ),
    false,
  );
  return {
    element: h('div.card.tabbed', {}, h('div.tabs', { role: 'tablist', 'aria-label': name }, ...buttons), ...hosts),
    draw: () => shown()?.draw(),
    dispose: () => {
      for (const panel of made.values()) panel.dispose();
    },
  };
}
