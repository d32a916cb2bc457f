/** What can be told of a study's trials beyond their means: intervals, who is better than whom, and the final runs. */
import { formatBriefly, formatNumber } from '../logging/format.ts';
import { meanOf } from '../statistics/moments.ts';
import type { Layout } from '../store/layout.ts';
import { armOf } from './arms.ts';
import { type ComparedWithBest, comparedWithBest, type ReplicatedTrial } from './compared-with-best.ts';
import { finalists } from './finals.ts';
import type { Leaderboard, RankedTrial } from './leaderboard.ts';
import { pointKey } from './search-space.ts';
import type { SweepSpec } from './spec.ts';
import { type Estimate, interval } from './statistics.ts';
import type { StudyState } from './study-state.ts';
import { trialUnits } from './trial-units.ts';
import { verdict } from './verdict.ts';

export interface Findings {
  /** Of those with the most replicates the one of the best mean. */
  readonly best: RankedTrial | undefined;
  /** In words, whether the best can be told from the second. */
  readonly verdict: string;
  /** By trial. */
  readonly intervals: ReadonlyMap<number, Estimate>;
  /** Of a stratified study in words: the best of each arm beside that of the best arm. */
  readonly arms: readonly string[];
  /** Of each finalist what it came to, in lines. */
  readonly finals: readonly { readonly trial: number; readonly lines: readonly string[] }[];
}

/** Of more trials the units are not read: a comparison of hundreds is no comparison with the best any more. */
const mostWithUnits = 50;

export async function findings(
  spec: SweepSpec,
  board: Leaderboard,
  state: StudyState,
  layout: Layout,
): Promise<Findings> {
  const { ranked } = board;
  const units = await trialUnits(spec, layout, ranked.slice(0, mostWithUnits));
  const replicated = new Map(ranked.map((trial) => [trial.number, replicatedTrial(trial, units.get(trial.number))]));
  const of = (trials: readonly RankedTrial[]) => trials.flatMap(({ number }) => replicated.get(number) ?? []);
  const [{ goal }] = spec.metrics;
  const compared = ranked.length === 0 ? undefined : comparedWithBest(of(ranked), goal);
  return {
    best: ranked.find(({ number }) => number === compared?.best),
    verdict: compared === undefined ? 'no trial has a value yet' : verdict(compared),
    intervals: new Map([...replicated].map(([number, trial]) => [number, interval(trial)])),
    arms: armLines(spec, ranked, (trials) => comparedWithBest(of(trials), goal)),
    finals: finalLines(spec, state),
  };
}

function replicatedTrial({ number, scores }: RankedTrial, units: readonly Float64Array[] | undefined): ReplicatedTrial {
  const values = scores.map(([first = Number.NaN]) => first);
  return { number, values, ...(units === undefined ? {} : { units }) };
}

/** Arms by their best trial, with what they took; then whether the best arm's best can be told from the next. */
function armLines(
  spec: SweepSpec,
  ranked: readonly RankedTrial[],
  compare: (trials: readonly RankedTrial[]) => ComparedWithBest,
): string[] {
  if (spec.stratify.length === 0 || ranked.length === 0) return [];
  const arms = new Map<string, RankedTrial[]>();
  for (const trial of ranked) {
    const key = pointKey(armOf(spec, trial.asked?.params ?? {}));
    arms.set(key, [...(arms.get(key) ?? []), trial]);
  }
  const bests = [...arms.values()].flatMap(([first]) => first ?? []);
  const lines = [...arms.values()].map((trials) => armLine(spec, trials));
  return ['by arm:', ...lines, ...(bests.length > 1 ? [`  ${verdict(compare(bests))}`] : [])];
}

function armLine(spec: SweepSpec, trials: readonly RankedTrial[]): string {
  const [best] = trials as [RankedTrial];
  const arm = Object.entries(armOf(spec, best.asked?.params ?? {})).map(
    ([name, value]) => `${name}=${formatBriefly(value)}`,
  );
  const seconds = trials.reduce((sum, { told }) => sum + (told?.cost?.seconds ?? 0), 0);
  const cost = `${trials.length} complete trials took ${formatNumber(Math.round(seconds))} s`;
  return `  ${arm.join(' ')}  ${formatNumber(best.value)} (trial ${best.number})  ${cost}`;
}

function finalLines(spec: SweepSpec, state: StudyState): Findings['finals'] {
  return finalists(spec, state).flatMap((trial) => {
    const runs = state.finals.filter((final) => final.trial === trial);
    if (runs.length === 0) return [];
    const names = [...new Set(runs.flatMap(({ metrics }) => Object.keys(metrics ?? {})))];
    const lines = names.map((name) => {
      const values = runs.flatMap(({ metrics }) => metrics?.[name] ?? []);
      const { interval: range, how } = interval({ values });
      const note = range === undefined ? how : `[${range.map((end) => formatNumber(end)).join(', ')}]`;
      return `  ${name} ${formatNumber(meanOf(values))}  ${note}`;
    });
    const failed = runs.filter(({ reason }) => reason !== undefined);
    return [
      {
        trial,
        lines: [
          `final: trial ${trial} under ${runs.length} seeds of its own, up to ${spec.final?.until}`,
          ...lines,
          ...failed.map(({ reason }) => `  one run failed: ${reason}`),
        ],
      },
    ];
  });
}
