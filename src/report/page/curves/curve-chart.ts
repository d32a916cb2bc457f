/** One panel of curves as the chart library draws it. */
import type { ComparedRun } from '../../comparison.ts';
import { axisStyle, tooltipStyle } from '../chart.ts';
import { type ColorKey, lineStyleOf } from '../colors.ts';
import { runId } from '../format.ts';
import type { PageState } from '../state.ts';
import type { Theme } from '../theme.ts';
import { bandSeries } from './band-series.ts';
import { curveTooltip } from './curve-tooltip.ts';
import type { CurveView, Line } from './curve-view.ts';
import { smooth } from './smooth.ts';

export interface Drawing {
  readonly lines: readonly Line[];
  readonly keys: readonly ColorKey[];
  readonly range: readonly [number, number];
  readonly reference: { readonly value: number; readonly label: string } | undefined;
}

export function curveOption(state: PageState, drawing: Drawing, view: CurveView, theme: Theme) {
  const { lines, range, reference } = drawing;
  const style = axisStyle(theme);
  const series = lines.flatMap((line) => lineSeries(state, line, drawing, view, theme));
  return {
    grid: { left: 4, right: 14, top: 10, bottom: 2, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    tooltip: {
      trigger: 'axis',
      ...tooltipStyle(theme),
      axisPointer: { type: 'line', lineStyle: { color: theme.muted, type: 'solid', width: 1, opacity: 0.5 } },
      formatter: (points: unknown) => curveTooltip(state, points),
    },
    xAxis: {
      ...{
        type: view.logSteps ? 'log' : 'value',
        min: 'dataMin',
        max: 'dataMax',
        ...style,
        splitLine: { show: false },
      },
      // Strong is what the reader chose; the pointer alone makes none strong.
      axisPointer: { triggerEmphasis: false },
    },
    yAxis: { ...yAxis(view.log, range), ...style, axisLabel: { ...style.axisLabel, ...yLabels } },
    series: [...series, ...(reference === undefined ? [] : [referenceLine(reference, theme)])],
  };
}

function yAxis(log: boolean, [min, max]: Drawing['range']) {
  return { type: log ? 'log' : 'value', min, max };
}

/** Without the two ends, which are where the values end and no round numbers. */
const yLabels = {
  showMinLabel: false,
  showMaxLabel: false,
  formatter: (value: number) => String(Number(value.toPrecision(3))),
};

/** The curve; smoothed, with what was reported faint behind it. */
function lineSeries(state: PageState, line: Line, { keys }: Drawing, view: CurveView, theme: Theme): object[] {
  const { run, series } = line;
  const key = keys.findIndex(({ runs }) => runs.has(run));
  const { color, dash } = lineStyleOf(Math.max(0, key), theme.series.length);
  const drawn = (values: readonly (number | null)[]) =>
    series.steps.flatMap((step, at) =>
      view.logSteps && step <= 0 ? [] : [[step, drawable(values[at] ?? null, view.log)]],
    );
  const shared = {
    ...{ type: 'line', name: state.label(run), itemStyle: { color: theme.series[color] }, showSymbol: false },
  };
  const smoothed = view.smooth ? smooth(series.values) : series.values;
  const main = {
    ...{ ...shared, id: runId(run), data: drawn(smoothed), ...strength(state, run) },
    ...{ showSymbol: series.steps.length < 3, symbolSize: 6, triggerLineEvent: true },
    lineStyle: { type: dash, ...strength(state, run).lineStyle },
    emphasis: { lineStyle: { width: 3, opacity: 1 } },
  };
  const bands =
    line.band === undefined ? [] : [bandSeries(line, line.band, drawnIn(view), theme.series[color] ?? theme.text)];
  if (smoothed === series.values || line.band !== undefined) return [...bands, main];
  const reported = { ...shared, id: `${runId(run)} as reported`, data: drawn(series.values), silent: true, z: 1 };
  return [{ ...reported, lineStyle: { width: 1, opacity: 0.18 } }, main];
}

function strength(state: PageState, run: ComparedRun) {
  const isSelected = state.selection.run() === run;
  const isFaded = state.selection.run() !== undefined && !isSelected;
  return { z: isSelected ? 5 : 2, lineStyle: { width: isSelected ? 2.75 : 1.5, opacity: isFaded ? 0.5 : 0.95 } };
}

function drawable(value: number | null, log: boolean): number | null {
  return value !== null && log && value <= 0 ? null : value;
}

/** Whether there is a place for a value at a step: a log axis has none for zero and below. */
function drawnIn({ log, logSteps }: CurveView): (step: number, value: number | null) => boolean {
  return (step, value) => value !== null && !(log && value <= 0) && !(logSteps && step <= 0);
}

/** A series of its own, so that it stays when no run is shown. */
function referenceLine({ value, label }: { value: number; label: string }, theme: Theme) {
  return {
    ...{ type: 'line', id: 'reference', data: [], silent: true },
    markLine: {
      ...{ silent: true, symbol: 'none', data: [{ yAxis: value }] },
      lineStyle: { color: theme.muted, type: 'dashed', width: 1 },
      label: { formatter: () => label, color: theme.muted, position: 'insideEndTop', fontSize: 11 },
    },
  };
}
