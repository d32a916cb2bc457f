/** How the reader wants the curves, and what each card shows under that. */
import type { ComparedRun, ComparedSeries } from '../../comparison.ts';
import { pushTo } from '../../ranking.ts';
import { type ColorKey, keysByParam, keysBySettings } from '../colors.ts';
import { replicateParams, settingOf, valuesKey } from '../replicates.ts';
import type { PageState } from '../state.ts';
import { type Band, banded } from './bands.ts';

export interface CurveView {
  /** Param whose values lie side by side; without one all runs are drawn over each other. */
  splitBy: string | undefined;
  /** Param whose values have a colour; without one each setting of the others has. */
  colorBy: string | undefined;
  sameScale: boolean;
  log: boolean;
  logSteps: boolean;
  smooth: boolean;
  /** One curve for all seeds of a setting, with the band they lie in. */
  bands: boolean;
  /** The one colour that is shown; unset: all. */
  only: number | undefined;
}

export interface Line {
  /** The first of those the curve is of. */
  readonly run: ComparedRun;
  readonly series: ComparedSeries;
  readonly band?: Band;
}

export interface Panel {
  readonly title: string;
  readonly lines: readonly Line[];
}

/** @param drawn runs whose curves are drawn */
export function colorKeys(state: PageState, view: CurveView, drawn: ReadonlySet<ComparedRun>): readonly ColorKey[] {
  if (view.colorBy !== undefined) return keysByParam(state, view.colorBy).filter(hasCurves);
  const runs = [...drawn];
  const varied = view.bands ? replicateParams(state) : [];
  return keysBySettings(state, runs, [...toldByPanel(state, runs, view.splitBy), ...varied]);
}

/** The param that is side by side, and those that are the same in all of each panel: what else is set alike has one colour. */
function toldByPanel({ differing }: PageState, runs: readonly ComparedRun[], splitBy: string | undefined): string[] {
  if (splitBy === undefined) return [];
  return differing.filter((name) => {
    const ofPanel = new Map<string, string>();
    return runs.every((run) => {
      const [panel, value] = [valuesKey(run, [splitBy]), valuesKey(run, [name])];
      const first = ofPanel.get(panel) ?? value;
      ofPanel.set(panel, first);
      return first === value;
    });
  });
}

function hasCurves({ runs }: ColorKey): boolean {
  return [...runs].some((run) => Object.values(run.series).some(({ points }) => points > 1));
}

/** Of the runs that are shown, one for each or one for each setting, best first. */
export function linesOf(state: PageState, name: string, { bands }: Pick<CurveView, 'bands'>): Line[] {
  const lines = state.filter.shown().flatMap((run) => {
    const series = run.series[name];
    return series === undefined ? [] : [{ run, series }];
  });
  return bestFirst(state, bands ? bandedLines(state, lines) : lines);
}

function bandedLines(state: PageState, lines: readonly Line[]): Line[] {
  const settings = new Map<string, Line[]>();
  const setting = settingOf(state);
  for (const line of lines) pushTo(settings, setting(line.run), line);
  return [...settings.values()].map((members) => {
    const [first] = members as [Line, ...Line[]];
    return members.length === 1 ? first : { ...first, ...lineOf(banded(members.map(({ series }) => series))) };
  });
}

function lineOf({ band, ...series }: ReturnType<typeof banded>): Pick<Line, 'series' | 'band'> {
  return { series, band };
}

function bestFirst(state: PageState, lines: readonly Line[]): Line[] {
  const places = new Map<ComparedRun, number>();
  for (const { entries } of state.ranking)
    for (const { runs } of entries) for (const run of runs) places.set(run, places.size);
  const placeOf = ({ run }: Line) => places.get(run) ?? places.size;
  return lines.toSorted((a, b) => placeOf(a) - placeOf(b));
}

/** More curves over each other cannot be told apart, and are slow to draw. */
const mostLines = 60;

/** The first, and that of the run that was chosen. */
export function drawnLines({ selection }: PageState, lines: readonly Line[]): readonly Line[] {
  if (lines.length <= mostLines) return lines;
  const chosen = lines.slice(mostLines).filter(({ run }) => run === selection.run());
  return [...lines.slice(0, mostLines), ...chosen];
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
  const values = lines.flatMap(({ series, band }) => [...series.values, ...(band?.low ?? []), ...(band?.high ?? [])]);
  for (const value of [...values, reference ?? null]) {
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
