/** The metrics of a run beside another's, and the best of those they may be ranked with. */
import type { ComparedRun } from '../../comparison.ts';
import { diverged } from '../diverged.ts';
import { type Child, folded, h, table } from '../dom.ts';
import type { PageState } from '../state.ts';
import { drawDifference, starred } from '../table/draw-metric.ts';
import { differenceOf, rowMetric } from '../table/row-metric.ts';
import type { Other } from './beside.ts';

/** Those with a goal; counts, losses and other models' values behind a line. */
export function runMetrics(state: PageState, run: ComparedRun, other: Other | undefined): HTMLElement {
  const names = Object.keys(run.metrics);
  const isMain = (name: string) =>
    (state.goalOf(name) !== undefined && name.split('.').length === 2) || name === state.rankBy;
  const main = names.filter(isMain);
  const rest = names.filter((name) => !isMain(name));
  if (names.length === 0) return h('p.note', {}, 'None.');
  if (main.length === 0) return metricTable(state, run, other, rest);
  return h(
    'div',
    {},
    metricTable(state, run, other, main),
    rest.length === 0 ? null : folded(`${rest.length} more`, metricTable(state, run, other, rest)),
  );
}

/** What the values are ranked with is said once where it is the same of all, and where there is anything else. */
function metricTable(
  state: PageState,
  run: ComparedRun,
  other: Other | undefined,
  names: readonly string[],
): HTMLElement {
  const groupOf = (name: string) => run.metrics[name]?.group ?? '';
  const labelOf = (name: string) => state.groupLabel(groupOf(name));
  const isApart = names.some((name) => state.comparison.runs.some((one) => isOfAnotherGroup(one, run, name)));
  const [label = '', ...otherLabels] = isApart ? new Set(names.map(labelOf)) : [];
  const isMixed = otherLabels.length > 0;
  const columns: Column[] = [
    ['Metric', (name) => nameOf(state, name)],
    [state.comparison.runs.length === 1 ? 'Value' : 'This run', (name) => drawValue(state, run, name)],
    ...(state.comparison.runs.length === 1 ? [] : besideColumns(state, run, other)),
    ...(isMixed ? [['Ranked where', (name: string) => h('span.muted', {}, labelOf(name))] as const] : []),
  ];
  const drawn = table(
    columns.map(([heading]) => heading),
    names.map((name) => columns.map(([, cell]) => cell(name))),
    columns.flatMap(([heading], at) => (at === 0 || heading === 'Ranked where' ? [] : [at])),
  );
  return label === '' || isMixed ? drawn : h('div', {}, drawn, h('p.note', {}, `Ranked only where ${label}.`));
}

type Column = readonly [heading: string, cell: (name: string) => Child];

/** Without another run, what is best. */
function besideColumns(state: PageState, run: ComparedRun, other: Other | undefined): Column[] {
  if (other === undefined)
    return [
      [
        'Best',
        (name) => {
          const best = state.bestOf(name, run.metrics[name]?.group ?? '');
          return best === undefined ? '' : h('span.muted', {}, state.metricText(name, best));
        },
      ],
    ];
  const metricOf = (of: ComparedRun, name: string) => rowMetric({ all: [of], runs: [of], section: 0 }, name);
  return [
    [other.title, (name) => h('span.muted', {}, drawValue(state, other.run, name))],
    [
      'Difference',
      (name) => {
        const difference = differenceOf(metricOf(run, name), metricOf(other.run, name), state.goalOf(name));
        return difference === undefined ? '' : drawDifference(state, name, difference);
      },
    ],
  ];
}

function isOfAnotherGroup(one: ComparedRun, run: ComparedRun, name: string): boolean {
  const group = one.metrics[name]?.group;
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
  return state.isBest(run, name) ? starred(text, title) : h('span', { title }, text);
}
