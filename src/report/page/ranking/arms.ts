/** The values of the split param beside each other: how many runs, the best of them, and the one in the middle. */
import { type ColorKey, lineStyleOf } from '../colors.ts';
import { h, table } from '../dom.ts';
import type { PageState } from '../state.ts';
import { seriesColors } from '../theme.ts';
import type { Entry } from './entries.ts';

/** @param entries best first; @param keys those of the split param, in the order of their colours */
export function armTable(
  state: PageState,
  metric: string,
  entries: readonly Entry[],
  keys: readonly ColorKey[],
): HTMLElement | null {
  const arms = keys
    .map((key, at) => ({ key, at, members: entries.filter(({ run }) => key.runs.has(run)) }))
    .filter(({ members }) => members.length > 0);
  if (arms.length < 2) return null;
  const text = (value: number | undefined) => (value === undefined ? '' : state.metricText(metric, value));
  const rows = arms.map(({ key, at, members }) => {
    const [best] = members;
    const values = members.map(({ value }) => value);
    const name = h('span.arm', {}, dotSwatch(at), key.label);
    return [name, String(members.length), text(values[0]), text(median(values)), best ? bestLink(state, best) : ''];
  });
  return h(
    'div.arms',
    {},
    table(
      ['', entries.some(({ runs }) => runs.length > 1) ? 'Trials' : 'Runs', 'Best', 'Median', 'Setting of the best'],
      rows,
      [1, 2, 3],
    ),
  );
}

function bestLink(state: PageState, entry: Entry): HTMLElement {
  return h(
    'button.link',
    { type: 'button', onclick: () => state.selection.choose(entry.run, true) },
    state.entryLabel(entry),
  );
}

function dotSwatch(key: number): HTMLElement {
  const { color } = lineStyleOf(key, seriesColors);
  return h('span.dot', { style: `background:var(--series-${color})`, 'aria-hidden': 'true' });
}

/** @param sorted one way or the other */
export function median(sorted: readonly number[]): number | undefined {
  const middle = (sorted.length - 1) / 2;
  const [low, high] = [sorted[Math.floor(middle)], sorted[Math.ceil(middle)]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}
