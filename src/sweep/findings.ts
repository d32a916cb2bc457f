/** What can be told of a study's trials beyond their means: intervals, who is better than whom, and the final runs. */
import type { ConfigHash } from '../hash.ts';
import { formatBriefly, formatNumber } from '../logging/format.ts';
import { verdict } from '../logging/verdict.ts';
import type { Finalists } from '../record/finalists.ts';
import { comparedWithBest, type ReplicatedTrial } from '../statistics/compared-with-best.ts';
import { type Estimate, interval } from '../statistics/estimate.ts';
import type { Layout } from '../store/layout.ts';
import { unitScores } from '../store/unit-scores.ts';
import { armOf } from './arms.ts';
import { finalistsFound } from './finalists-found.ts';
import type { Leaderboard, RankedTrial } from './leaderboard.ts';
import { theRace } from './race.ts';
import { pointKey } from './search-space.ts';
import type { SweepSpec } from './spec.ts';
import type { StudyState, StudyTrial } from './study-state.ts';

export interface Findings {
  /** Of those with the most replicates the one of the best mean. */
  readonly best: RankedTrial | undefined;
  /** In words, whether the best can be told from the second. */
  readonly verdict: string;
  /** By trial. */
  readonly intervals: ReadonlyMap<number, Estimate>;
  /** Of a stratified study in words: the best of each arm beside that of the best arm. */
  readonly arms: readonly string[];
  /** What the final runs came to; absent where there are none yet. */
  readonly finalists?: Finalists;
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
  const runs = ranked.slice(0, mostWithUnits).map(runsOf);
  const units = await unitScores(layout, runs, spec.metrics[0].name);
  const replicated = new Map(ranked.map((trial, place) => [trial.number, replicatedTrial(trial, units[place])]));
  const of = (trials: readonly RankedTrial[]) => trials.flatMap(({ number }) => replicated.get(number) ?? []);
  const [{ goal }] = spec.metrics;
  const raced = isRaced(spec, ranked);
  const compared = ranked.length === 0 ? undefined : comparedWithBest(of(ranked), goal);
  const ofFinals = await finalistsFound(spec, state, board, layout);
  return {
    best: ranked.find(({ number }) => number === compared?.best),
    verdict: compared === undefined ? noValue(board) : verdict(compared, raced),
    intervals: new Map([...replicated].map(([number, trial]) => [number, interval(trial)])),
    arms: armLines(spec, board, (trials) => verdict(comparedWithBest(of(trials), goal), raced)),
    ...(ofFinals === undefined ? {} : { finalists: ofFinals }),
  };
}

/** Why there is no best, and what to do where no further trial brings one. */
function noValue({ states: { failed = 0, pruned = 0, waiting = 0 } }: Leaderboard): string {
  if (waiting > 0) return 'no trial has a value yet';
  if (failed === 0 && pruned > 0)
    return `no trial has a value: all were pruned; take a pruner that lets some of them end by themselves`;
  return `no trial has a value: ${failed} failed${pruned > 0 ? `, ${pruned} pruned` : ''}; mend what failed and add --retry-failed`;
}

/** In the order of the scores. */
function runsOf({ told, more }: RankedTrial): ConfigHash[] {
  return [...(told?.runs ?? []), ...more.flatMap(({ run, values }) => (run === undefined || !values ? [] : [run]))];
}

/** Whether a race has left a single trial before it came to the last replicate. */
function isRaced(spec: SweepSpec, ranked: readonly RankedTrial[]): boolean {
  if (spec.minReplicates === spec.replicates.length || ranked.length < 2) return false;
  const { racers, replicates } = theRace(spec, ranked);
  return racers.length === 1 && replicates < spec.replicates.length;
}

function replicatedTrial({ number, scores }: RankedTrial, units: readonly Float64Array[] | undefined): ReplicatedTrial {
  const values = scores.map(([first = Number.NaN]) => first);
  return { number, values, ...(units === undefined ? {} : { units }) };
}

/** Arms by their best trial, with what they took; then whether the best arm's best can be told from the next. */
function armLines(
  spec: SweepSpec,
  { ranked, pruned, failed }: Leaderboard,
  compare: (trials: readonly RankedTrial[]) => string,
): string[] {
  if (spec.stratify.length === 0 || ranked.length === 0) return [];
  const keyOf = ({ asked }: StudyTrial) => pointKey(armOf(spec, asked?.params ?? {}));
  const bests = new Map<string, RankedTrial>();
  for (const trial of ranked) if (!bests.has(keyOf(trial))) bests.set(keyOf(trial), trial);
  const told = [...ranked, ...pruned, ...failed];
  const lines = [...bests].map(([key, best]) =>
    armLine(
      spec,
      best,
      told.filter((trial) => keyOf(trial) === key),
    ),
  );
  return ['by arm:', ...lines, ...(bests.size > 1 ? [`  ${compare([...bests.values()])}`] : [])];
}

/** @param trials all of the arm that are told: what those that were pruned took is a part of what the best has cost */
function armLine(spec: SweepSpec, best: RankedTrial, trials: readonly StudyTrial[]): string {
  const arm = Object.entries(armOf(spec, best.asked?.params ?? {})).map(
    ([name, value]) => `${name}=${formatBriefly(value)}`,
  );
  const total = (of: 'seconds' | 'steps') => trials.reduce((sum, { told }) => sum + (told?.cost?.[of] ?? 0), 0);
  const steps = total('steps') > 0 ? `${total('steps')} steps, ` : '';
  const cost = `${trials.length} ${trials.length === 1 ? 'trial' : 'trials'}: ${steps}${formatNumber(Math.round(total('seconds')))} s`;
  return `  ${arm.join(' ')}  ${formatNumber(best.value)} (trial ${best.number})  ${cost}`;
}
