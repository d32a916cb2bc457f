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

function metricTable(state: PageState, run: ComparedRun, names: readonly string[]): HTMLElement {
  const isAlone = state.comparison.runs.length === 1;
  const groupsOf = (name: string) =>
    new Set(state.comparison.runs.flatMap((other) => other.metrics[name]?.group ?? []));
  const isApart = names.some((name) => groupsOf(name).size > 1);
  const headings = [
    'Metric',
    isAlone ? 'Value' : 'This run',
    ...(isAlone ? [] : ['Best']),
    ...(isApart ? ['Ranked where'] : []),
  ];
  const rows = names.map((name) => {
    const found = run.metrics[name];
    const group = found?.group ?? '';
    const best = state.bestOf(name, group);
    const bestText = best === undefined ? '' : h('span.muted', {}, state.metricText(name, best));
    const label = h('span.muted', {}, state.groupLabel(group));
    return [
      nameOf(state, name),
      drawValue(state, run, name),
      ...(isAlone ? [] : [bestText]),
      ...(isApart ? [label] : []),
    ];
  });
  return table(headings, rows, isAlone ? [1] : [1, 2]);
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
