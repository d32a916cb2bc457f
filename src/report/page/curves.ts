/** Learning curves: one card a series, all runs over each other or side by side by the values of a param. */
import type { ComparedRun, ComparedSeries } from '../comparison.ts';
import { axisStyle, chart, tooltipStyle } from './chart.ts';
import { h, section } from './dom.ts';
import { numberText, short } from './format.ts';
import { type PageState, splitValues } from './state.ts';
import type { Theme } from './theme.ts';

interface View {
  sideBySide: boolean;
  log: boolean;
  splitBy: string | undefined;
}

interface Line {
  readonly run: ComparedRun;
  readonly series: ComparedSeries;
}

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

interface Panel {
  readonly title: string;
  readonly lines: readonly Line[];
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
  const drawn = chart(label, 240, (theme) => option(state, name, panel, view, range, theme), select);
  return h('div.panel', {}, panel.title === '' ? null : h('h4', {}, panel.title), drawn.element);
}

function option(
  state: PageState,
  name: string,
  panel: Panel,
  view: View,
  [min, max]: readonly [number, number],
  theme: Theme,
) {
  const reference = state.comparison.series[name]?.reference;
  const style = axisStyle(theme);
  return {
    grid: { left: 8, right: 12, top: 14, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    tooltip: {
      trigger: 'item',
      ...tooltipStyle(theme),
      formatter: (point: unknown) => tooltip(state, point as TooltipPoint),
    },
    xAxis: { type: 'value', min: 'dataMin', max: 'dataMax', ...style, splitLine: { show: false } },
    yAxis: {
      type: view.log ? 'log' : 'value',
      min,
      max,
      ...style,
      axisLabel: {
        ...style.axisLabel,
        showMinLabel: false,
        showMaxLabel: false,
        formatter: (value: number) => String(Number(value.toPrecision(3))),
      },
    },
    series: panel.lines.map((line, index) => ({
      ...lineSeries(state, line, view, theme),
      ...(index === 0 && reference !== undefined ? { markLine: referenceLine(reference, theme) } : {}),
    })),
  };
}

function lineSeries(state: PageState, { run, series }: Line, view: View, theme: Theme) {
  const selected = state.selected() === run;
  const points = series.steps.map((step, at) => [step, positive(series.values[at] ?? null, view.log)]);
  return {
    type: 'line',
    id: run.configHash,
    name: state.label(run),
    data: points,
    showSymbol: points.length < 3,
    symbolSize: 5,
    triggerLineEvent: true,
    z: selected ? 5 : 2,
    lineStyle: { width: selected ? 3 : 1.5, opacity: state.selected() === undefined || selected ? 0.9 : 0.45 },
    itemStyle: { color: colorOf(state, run, view, theme) },
    emphasis: { lineStyle: { width: 3, opacity: 1 } },
  };
}

/** By the values of the split param; laid side by side, that is the panel's, and colours tell the runs apart. */
function colorOf(state: PageState, run: ComparedRun, view: View, theme: Theme): string {
  const { runs } = state.comparison;
  const { splitBy } = view;
  const at =
    splitBy === undefined || view.sideBySide
      ? runs.indexOf(run)
      : splitValues(runs, splitBy).indexOf(JSON.stringify(run.params[splitBy]) ?? '');
  return theme.series[(at + theme.series.length) % theme.series.length] ?? theme.text;
}

function positive(value: number | null, log: boolean): number | null {
  return value !== null && log && value <= 0 ? null : value;
}

/** A little more than the values take, so that no line lies on the frame; outliers of a divergence are not cut. */
function rangeOf(lines: readonly Line[], reference: number | undefined, log: boolean): readonly [number, number] {
  const values = lines.flatMap(({ series }) =>
    series.values.filter((value) => value !== null && (!log || value > 0)),
  ) as number[];
  if (reference !== undefined) values.push(reference);
  const low = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const high = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  if (!Number.isFinite(low)) return [0, 1];
  if (log) return [low / 1.1, high * 1.1];
  const margin = (high - low || Math.abs(high) || 1) * 0.05;
  return [rounded(low - margin, Math.floor), rounded(high + margin, Math.ceil)];
}

/** To two digits, outwards. */
function rounded(value: number, round: (value: number) => number): number {
  if (value === 0) return 0;
  const unit = 10 ** (Math.floor(Math.log10(Math.abs(value))) - 1);
  return Number((round(value / unit) * unit).toPrecision(3));
}

function referenceLine({ value, label }: { value: number; label: string }, theme: Theme) {
  return {
    silent: true,
    symbol: 'none',
    lineStyle: { color: theme.muted, type: 'dashed', width: 1 },
    label: { formatter: () => label, color: theme.muted, position: 'insideEndTop', fontSize: 11 },
    data: [{ yAxis: value }],
  };
}

interface TooltipPoint {
  readonly seriesId?: string;
  readonly value?: readonly [number, number | null];
}

function tooltip(state: PageState, { seriesId, value }: TooltipPoint): HTMLElement | string {
  const run = state.comparison.runs.find(({ configHash }) => configHash === seriesId);
  if (run === undefined) return '';
  const at =
    value === undefined || !Array.isArray(value)
      ? ''
      : `step ${value[0]}: ${value[1] === null ? 'diverged' : numberText(value[1] as number)}`;
  return h('div', {}, h('strong', {}, state.label(run)), h('div.muted', {}, short(run.configHash)), h('div', {}, at));
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
