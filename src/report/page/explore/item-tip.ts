/** What an item is called, and what it has on the axes. */
import { h } from '../dom.ts';
import { cut, short } from '../format.ts';
import type { Column } from './columns.ts';
import type { Exploring } from './exploring.ts';

const longest = 36;

/** The element for a tooltip; empty columns say so. */
export function tipOf(exploring: Exploring, at: number, columns: readonly Column[]): HTMLElement {
  const { items, metric } = exploring;
  const item = items[at];
  if (item === undefined) return h('div');
  const { run, runs, trial } = item;
  const mean = runs.length > 1 ? `, mean of ${runs.length} runs` : '';
  const name = trial === undefined && run.trial === null ? short(run.configHash) : `trial ${run.trial}${mean}`;
  const status = run.status === 'complete' ? '' : `, ${run.status}`;
  const distinct = [...new Set([metric, ...columns])];
  const lines = distinct.map((column) =>
    h(
      'div.tip-line',
      {},
      h('span.tip-name', {}, cut(column.label, longest)),
      h('span.number', {}, cut(column.text(column.cells[at]), longest)),
    ),
  );
  const isSaid = columns.some(({ kind }) => kind === 'param');
  const settings = isSaid ? null : h('div.muted', {}, cut(exploring.state.entryLabel(item), 4 * longest));
  return h('div.tip', {}, h('strong', {}, name), h('span.muted', {}, status), settings, ...lines);
}

/** A tooltip of our own, for drawings that are no chart of the library. */
export function itemTip(exploring: Exploring, columns: readonly Column[]) {
  const element = h('div.own-tip', { hidden: true, 'aria-hidden': 'true' });
  return {
    element,
    show: (at: number | undefined, event: MouseEvent | undefined) => {
      element.hidden = at === undefined || event === undefined;
      if (at === undefined || event === undefined) return;
      element.replaceChildren(tipOf(exploring, at, columns));
      const { innerWidth } = window;
      const [x, y] = [event.clientX + 16, event.clientY + 16];
      const left = x + element.offsetWidth < innerWidth - 8 ? x : event.clientX - element.offsetWidth - 16;
      element.style.left = `${Math.max(8, left)}px`;
      element.style.top = `${Math.min(y, window.innerHeight - element.offsetHeight - 8)}px`;
    },
  };
}
