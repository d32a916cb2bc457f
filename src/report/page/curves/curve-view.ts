/** How the reader wants the curves, and what each card shows under that. */
import type { ComparedRun, ComparedSeries } from '../../comparison.ts';
import { type ColorKey, keysByParam, keysBySettings } from '../colors.ts';
import type { PageState } from '../state.ts';

export interface CurveView {
  /** Param whose values lie side by side; without one all runs are drawn over each other. */
  splitBy: string | undefined;
  /** Param whose values have a colour; without one each setting of the others has. */
  colorBy: string | undefined;
  sameScale: boolean;
  log: boolean;
  smooth: boolean;
  /** The one colour that is shown; unset: all. */
  only: number | undefined;
}

export interface Line {
  readonly run: ComparedRun;
  readonly series: ComparedSeries;
}

export interface Panel {
  readonly title: string;
  readonly lines: readonly Line[];
}

export function colorKeys(state: PageState, view: CurveView): readonly ColorKey[] {
  if (view.colorBy !== undefined) return keysByParam(state, view.colorBy).filter(hasCurves);
  return keysBySettings(state, state.comparison.runs, view.splitBy).filter(hasCurves);
}

function hasCurves({ runs }: ColorKey): boolean {
  return [...runs].some((run) => Object.keys(run.series).length > 0);
}

export function linesOf({ comparison }: PageState, name: string): Line[] {
  return comparison.runs.flatMap((run) => {
    const series = run.series[name];
    return series === undefined ? [] : [{ run, series }];
  });
}

/** One for each value of the split param whose runs have curves, even where none is of this series. */
export function panelsOf(state: PageState, lines: readonly Line[], view: CurveView): Panel[] {
  if (view.splitBy === undefined) return [{ title: '', lines }];
  return keysByParam(state, view.splitBy)
    .filter(hasCurves)
    .map(({ label, runs }) => ({ title: label, lines: lines.filter(({ run }) => runs.has(run)) }));
}

/** The lines of the colours that are shown. */
export function shownLines(lines: readonly Line[], keys: readonly ColorKey[], view: CurveView): readonly Line[] {
  const key = view.only === undefined ? undefined : keys[view.only];
  return key === undefined ? lines : lines.filter(({ run }) => key.runs.has(run));
}

/** A little more than the values take, so that no line lies on the frame; outliers of a divergence are not cut. */
export function rangeOf(
  lines: readonly Line[],
  reference: number | undefined,
  log: boolean,
): readonly [number, number] {
  const drawn = (value: number | null): value is number => value !== null && (!log || value > 0);
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of [...lines.flatMap(({ series }) => series.values), reference ?? null]) {
    if (!drawn(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (!Number.isFinite(low)) return [log ? 0.1 : 0, 1];
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
