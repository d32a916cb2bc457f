/** The metrics of a run beside the best of those they may be ranked with. */
import type { ComparedRun } from '../../comparison.ts';
import { type Child, folded, h, table } from '../dom.ts';
import { diverged } from '../outcome.ts';
import type { PageState } from '../state.ts';

/** Those with a goal; counts, losses and other models' values behind a line. */
export function runMetrics(state: PageState, run: ComparedRun): HTMLElement {
  const names = Object.keys(run.metrics);
  const isMain = (name: string) =>
    (state.goalOf(name) !== undefined && name.split('.').length === 2) || name === state.rankBy;
  const main = names.filter(isMain);
  const rest = names.filter((name) => !isMain(name));
  if (names.length === 0) return h('p.note', {}, 'None.');
  if (main.length === 0) return metricTable(state, run, rest);
  return h(
    'div',
    {},
    metricTable(state, run, main),
    rest.length === 0 ? null : folded(`${rest.length} more`, metricTable(state, run, rest)),
  );
}

/** What the values are ranked with is said once where it is the same of all, and where there is anything else. */
function metricTable(state: PageState, run: ComparedRun, names: readonly string[]): HTMLElement {
  const isAlone = state.comparison.runs.length === 1;
  const groupOf = (name: string) => run.metrics[name]?.group ?? '';
  const labelOf = (name: string) => state.groupLabel(groupOf(name));
  const isApart = names.some((name) => state.comparison.runs.some((other) => isOfAnotherGroup(other, run, name)));
  const [label = '', ...otherLabels] = isApart ? new Set(names.map(labelOf)) : [];
  const isMixed = otherLabels.length > 0;
  const headings = ['Metric', ...(isAlone ? ['Value'] : ['This run', 'Best']), ...(isMixed ? ['Ranked where'] : [])];
  const rows = names.map((name) => {
    const best = state.bestOf(name, groupOf(name));
    const bestText = best === undefined ? '' : h('span.muted', {}, state.metricText(name, best));
    return [
      ...[nameOf(state, name), drawValue(state, run, name)],
      ...(isAlone ? [] : [bestText]),
      ...(isMixed ? [h('span.muted', {}, labelOf(name))] : []),
    ];
  });
  const drawn = table(headings, rows, isAlone ? [1] : [1, 2]);
  return label === '' || isMixed ? drawn : h('div', {}, drawn, h('p.note', {}, `Ranked only where ${label}.`));
}

function isOfAnotherGroup(other: ComparedRun, run: ComparedRun, name: string): boolean {
  const group = other.metrics[name]?.group;
  return group !== undefined && group !== run.metrics[name]?.group;
}

function nameOf(state: PageState, name: string): Child {
  const isHeldOut = state.comparison.metrics[name]?.holdout === true;
  return h('span', {}, name, isHeldOut ? h('span.tag', {}, 'held out') : null);
}

function drawValue(state: PageState, run: ComparedRun, name: string): Child {
  const found = run.metrics[name];
  if (found === undefined) return '';
  if (found.value === null) return diverged(found.text);
  const text = state.metricText(name, found.value);
  const title = String(found.value);
  return state.isBest(run, name) ? h('strong.is-best', { title }, `★ ${text}`) : h('span', { title }, text);
}
