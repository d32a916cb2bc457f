/** What must be known to read a card of curves rightly: who is not in it, and how far it is from what was reported. */
import type { ComparedRun } from '../../comparison.ts';
import { fewValues, type PageState } from '../state.ts';
import type { CurveView, Line } from './curve-view.ts';
import { smoothedShare } from './smooth.ts';

export interface Lines {
  readonly drawn: readonly Line[];
  /** Of the runs that are shown, drawn or not. */
  readonly all: readonly Line[];
}

export function footnotes(state: PageState, name: string, { drawn: lines, all }: Lines, view: CurveView): string[] {
  const runs = state.filter.shown();
  const silent = runs.filter((run) => run.series[name] === undefined);
  const notes: string[] = [];
  if (silent.length > 0)
    notes.push(`Not reported by ${silent.length} of ${runs.length} runs${inCommon(state, silent, all)}.`);
  if (all.length > lines.length)
    notes.push(`The best ${lines.length} of ${all.length} curves are drawn; a filter brings up others.`);
  notes.push(...banding(lines), ...thinned(lines), ...diverged(lines));
  if (view.smooth)
    notes.push(
      `Smoothed: each point is the mean of the ${100 * smoothedShare} % of points around it; as reported, faint.`,
    );
  const hidden = lines.filter(({ series }) => series.values.some((value) => value !== null && value <= 0)).length;
  if (view.log && hidden > 0)
    notes.push(`A log axis has no place for zero and below: parts of ${hidden} curves are left out.`);
  return notes;
}

function banding(lines: readonly Line[]): string[] {
  const counts = lines.flatMap(({ band }) => band?.count ?? []);
  if (counts.length === 0) return [];
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const seeds = least === most ? `${least}` : `${least} to ${most}`;
  return [
    `Each curve is the mean over ${seeds} seeds or folds of a setting, in the band from the least to the greatest.`,
  ];
}

function thinned(lines: readonly Line[]): string[] {
  const fewer = lines.filter(({ series }) => series.points > series.steps.length);
  const [first] = fewer;
  if (first === undefined) return [];
  const whose = fewer.length === lines.length ? 'of each curve' : `of ${fewer.length} curves`;
  return [`${first.series.steps.length} of ${first.series.points} points are drawn (LTTB) ${whose}.`];
}

function diverged(lines: readonly Line[]): string[] {
  const gone = lines.filter(({ series }) => series.values.includes(null)).length;
  return gone === 0 ? [] : [`${gone} of ${lines.length} curves have points that are not finite: they are gaps.`];
}

const mostSettings = 4;

/** Params with more values account for nothing: each would be of few runs. */
const mostValues = 12;

/** Settings under which nobody reported it, where these account for all who did not: `loss = wgan; name = popularity`. */
function inCommon(state: PageState, silent: readonly ComparedRun[], lines: readonly Line[]): string {
  const reporting = lines.map(({ run }) => run);
  const settings = state.differing.flatMap((name) =>
    (fewValues(silent, name, mostValues) ?? [])
      .map((value) => ({ name, value, runs: silent.filter((run) => JSON.stringify(run.params[name]) === value) }))
      .filter(({ value }) => reporting.every((run) => JSON.stringify(run.params[name]) !== value)),
  );
  const named: string[] = [];
  const left = new Set(silent);
  while (left.size > 0 && named.length < mostSettings) {
    const counted = settings.map((setting) => ({ setting, count: setting.runs.filter((run) => left.has(run)).length }));
    const [widest] = counted.sort((a, b) => b.count - a.count);
    if (widest === undefined || widest.count === 0) return '';
    const { name, value, runs } = widest.setting;
    named.push(`${state.paramName(name)} = ${state.paramText(name, JSON.parse(value))}`);
    for (const run of runs) left.delete(run);
  }
  return left.size === 0 ? ` (${named.join('; ')})` : '';
}
