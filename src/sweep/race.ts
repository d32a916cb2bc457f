/** Adaptive replicates: when every point has run, those that may still be the best are run under further seeds. */

import { lossOf } from './definition.ts';
import { leaderboard, type RankedTrial } from './leaderboard.ts';
import { type PointSurroundings, runPoint } from './run-point.ts';
import { objectives } from './run-trial.ts';
import type { SharedTask } from './shared-tasks.ts';
import type { SweepSpec } from './spec.ts';
import type { Study } from './study.ts';
import type { StudyState } from './study-state.ts';

/** Of the points in the race those with the fewest replicates: a round ends when all have as many. */
export function replicatesDue(spec: SweepSpec, state: StudyState): readonly SharedTask[] {
  if (spec.minReplicates >= spec.replicates.length) return [];
  const racers = inTheRace(spec, leaderboard(spec, state).ranked);
  if (racers.length < 2) return [];
  const fewest = Math.min(...racers.map(replicatesOf));
  if (fewest >= spec.replicates.length) return [];
  return racers
    .filter((trial) => replicatesOf(trial) === fewest)
    .map(({ number }) => ({ kind: 'replicate', trial: number, replicate: fewest }));
}

/** With what failed: a failed replicate is not tried for ever. */
function replicatesOf({ told, more }: RankedTrial): number {
  return (told?.replicates?.length ?? 1) + more.length;
}

/** Judged by the replicates that all of them have: paired by seed. */
export function inTheRace({ metrics: [{ goal }] }: SweepSpec, ranked: readonly RankedTrial[]): readonly RankedTrial[] {
  const shared = Math.min(...ranked.map(({ scores }) => scores.length));
  const losses = ranked.map(({ scores }) => scores.slice(0, shared).map(([first = Number.NaN]) => lossOf(first, goal)));
  const racing = new Set(racingOf(losses));
  return ranked.filter((_, at) => racing.has(at));
}

/** TODO: replaced by the paired test. */
function racingOf(losses: readonly (readonly number[])[]): number[] {
  return losses.map((_, at) => at);
}

export async function runReplicate(
  { spec, ...surroundings }: PointSurroundings & { readonly spec: SweepSpec },
  study: Study,
  { trial, replicate }: SharedTask,
): Promise<boolean> {
  const point = (await study.state()).trials.get(trial)?.asked?.params;
  if (point === undefined) throw new Error(`trial ${trial} was never asked`);
  const params = { ...point, ...spec.replicates[replicate] };
  const result = await runPoint(spec, { trial, params, until: spec.until }, surroundings);
  if (result.kind === 'interrupted') return false;
  const values = result.kind === 'complete' ? objectives(spec, result) : result.reason;
  study.note({
    ...{ type: 'replicate-told', at: Date.now(), study: spec.name, trial, replicate },
    ...(result.run === undefined ? {} : { run: result.run }),
    ...(typeof values === 'string' ? { reason: values } : { values }),
    ...(result.cost === undefined ? {} : { cost: result.cost }),
  });
  return true;
}
