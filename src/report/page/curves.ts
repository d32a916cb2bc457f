/** Learning curves: one card a series, all runs over each other or side by side by the values of a param. */
import type { ComparedRun } from '../comparison.ts';
import { chart } from './chart.ts';
import { curveOption, type Line, type Panel, rangeOf, type View } from './curve-chart.ts';
import { h, section } from './dom.ts';
import { type PageState, splitValues } from './state.ts';

export function curves(state: PageState): HTMLElement | null {
  const { comparison, splitBy } = state;
  const names = Object.keys(comparison.series).filter((name) =>
    linesOf(state, name).some(({ series }) => series.points > 1),
  );
  if (names.length === 0) return null;
  const view: View = { sideBySide: splitBy !== undefined, log: false, splitBy };
  const host = h('div.curves');
  const draw = () => host.replaceChildren(...names.map((name) => card(state, name, view)));
  draw();
  state.onSelect(draw);
  const note = 'What stages reported while they ran. The selected run is drawn strong.';
  return section('curves', 'Curves', note, toolbar(state, view, draw), host);
}

function toolbar(state: PageState, view: View, draw: () => void): HTMLElement {
  const box = (text: string, checked: boolean, set: (on: boolean) => void) => {
    const input = h('input', { type: 'checkbox', checked }) as HTMLInputElement;
    input.addEventListener('change', () => {
      set(input.checked);
      draw();
    });
    return h('label', {}, input, ` ${text}`);
  };
  const choices = state.differing.filter((name) => splitValues(state.comparison.runs, name).length <= 6);
  const select = h('select', { 'aria-label': 'Param to lay side by side' }) as HTMLSelectElement;
  select.append(
    ...choices.map((name) => h('option', { value: name, selected: name === view.splitBy }, state.paramName(name))),
  );
  select.addEventListener('change', () => {
    view.splitBy = select.value;
    draw();
  });
  const split =
    choices.length === 0
      ? []
      : [
          box('side by side, by', view.sideBySide, (on) => {
            view.sideBySide = on;
          }),
          select,
        ];
  return h(
    'div.toolbar',
    {},
    ...split,
    box('log axis', view.log, (on) => {
      view.log = on;
    }),
  );
}

function linesOf({ comparison }: PageState, name: string): Line[] {
  return comparison.runs.flatMap((run) => {
    const series = run.series[name];
    return series === undefined ? [] : [{ run, series }];
  });
}

/** Panels share one scale, so that heights can be compared. */
function card(state: PageState, name: string, view: View): HTMLElement {
  const lines = linesOf(state, name);
  const info = state.comparison.series[name];
  const panels = panelsOf(lines, view, state);
  const range = rangeOf(lines, info?.reference?.value, view.log);
  return h(
    'figure.card',
    { 'data-series': name },
    h('figcaption', {}, h('h3', {}, name), info?.desc === undefined ? null : h('p.note', {}, info.desc)),
    h('div.panels', {}, ...panels.map((panel) => panelElement(state, name, panel, view, range))),
    ...footnotes(state, name, lines).map((text) => h('p.note', {}, text)),
  );
}

function panelsOf(lines: readonly Line[], view: View, state: PageState): Panel[] {
  const { splitBy } = view;
  if (!view.sideBySide || splitBy === undefined) return [{ title: '', lines }];
  const values = splitValues(
    lines.map(({ run }) => run),
    splitBy,
  );
  const panels = values.map((value) => ({
    title: `${state.paramName(splitBy)} = ${value.replace(/^"(.*)"$/, '$1')}`,
    lines: lines.filter(({ run }) => JSON.stringify(run.params[splitBy]) === value),
  }));
  const without = lines.filter(({ run }) => run.params[splitBy] === undefined);
  return without.length === 0 ? panels : [...panels, { title: `no ${state.paramName(splitBy)}`, lines: without }];
}

function panelElement(
  state: PageState,
  name: string,
  panel: Panel,
  view: View,
  range: readonly [number, number],
): HTMLElement {
  const label = `${name}${panel.title === '' ? '' : `, ${panel.title}`}: curves of ${panel.lines.length} runs`;
  const select = (id: string) => {
    const run = state.comparison.runs.find(({ configHash }) => configHash === id);
    if (run !== undefined) state.select(run);
  };
  const drawn = chart(label, 240, (theme) => curveOption(state, name, panel, view, range, theme), select);
  return h('div.panel', {}, panel.title === '' ? null : h('h4', {}, panel.title), drawn.element);
}

/** Who did not report it, and which curves are shown with fewer points than were recorded. */
function footnotes(state: PageState, name: string, lines: readonly Line[]): string[] {
  const silent = state.comparison.runs.filter((run) => run.series[name] === undefined);
  const thinned = lines.filter(({ series }) => series.points > series.steps.length);
  const [first] = thinned;
  return [
    ...(silent.length === 0
      ? []
      : [`Not reported by ${silent.length} of ${state.comparison.runs.length} runs${inCommon(state, silent, lines)}.`]),
    ...(first === undefined
      ? []
      : [
          `${first.series.steps.length} of ${first.series.points} points are drawn (LTTB), for ${thinned.length} runs.`,
        ]),
  ];
}

/** Settings under which nobody reported it, where these account for all who did not: `loss = wgan; name = popularity`. */
function inCommon(state: PageState, silent: readonly ComparedRun[], lines: readonly Line[]): string {
  const reporting = lines.map(({ run }) => run);
  const settings = state.differing.flatMap((name) => {
    const reported = splitValues(reporting, name);
    return splitValues(silent, name)
      .filter((value) => !reported.includes(value))
      .map((value) => ({ name, value, runs: silent.filter((run) => JSON.stringify(run.params[name]) === value) }));
  });
  const named: string[] = [];
  let left = [...silent];
  while (left.length > 0 && named.length < mostSettings) {
    const covers = ({ runs }: (typeof settings)[number]) => runs.filter((run) => left.includes(run)).length;
    const [widest] = settings.toSorted((a, b) => covers(b) - covers(a));
    if (widest === undefined || covers(widest) === 0) return '';
    named.push(`${state.paramName(widest.name)} = ${widest.value.replace(/^"(.*)"$/, '$1')}`);
    left = left.filter((run) => !widest.runs.includes(run));
  }
  return left.length === 0 ? ` (${named.join('; ')})` : '';
}

const mostSettings = 4;
