/** One panel of curves as the chart library draws it. */
import type { ComparedRun, ComparedSeries } from '../comparison.ts';
import { axisStyle, tooltipStyle } from './chart.ts';
import { h } from './dom.ts';
import { numberText, short } from './format.ts';
import { type PageState, splitValues } from './state.ts';
import type { Theme } from './theme.ts';

export interface View {
  sideBySide: boolean;
  log: boolean;
  splitBy: string | undefined;
}

export interface Line {
  readonly run: ComparedRun;
  readonly series: ComparedSeries;
}

export interface Panel {
  readonly title: string;
  readonly lines: readonly Line[];
}

export function curveOption(
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
export function rangeOf(
  lines: readonly Line[],
  reference: number | undefined,
  log: boolean,
): readonly [number, number] {
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
