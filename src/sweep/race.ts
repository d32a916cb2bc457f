/** Adaptive replicates: when every point has run, those that may still be the best are run under further seeds. */
import type { ReplicateTold } from '../events.ts';
import { leaderboard, type RankedTrial } from './leaderboard.ts';
import { racing } from './racing.ts';
import { type PointSurroundings, runPoint } from './run-point.ts';
import { objectives } from './run-trial.ts';
import type { SharedTask } from './shared-tasks.ts';
import type { SweepSpec } from './spec.ts';
import type { Study } from './study.ts';
import type { StudyState } from './study-state.ts';

/** Of the points in the race those that lack the replicate of the round: it ends when all have it. */
export function replicatesDue(spec: SweepSpec, state: StudyState): readonly SharedTask[] {
  const { racers, replicates } = theRace(spec, leaderboard(spec, state).ranked);
  if (racers.length < 2 || replicates >= spec.replicates.length) return [];
  return racers
    .filter((trial) => triedOf(trial) === replicates)
    .map(({ number }) => ({ kind: 'replicate', trial: number, replicate: replicates }));
}

/** With what failed: a failed replicate is not tried for ever. */
function triedOf({ told, more }: RankedTrial): number {
  return (told?.replicates?.length ?? 1) + more.length;
}

/**
 * Round after round, each judged by the replicates of those that have come so far, paired by seed: who is out stays out.
 *
 * @returns who is in, and how many replicates each of them has at the least
 */
export function theRace(
  { metrics: [{ goal }], minReplicates, replicates: all }: SweepSpec,
  ranked: readonly RankedTrial[],
): { readonly racers: readonly RankedTrial[]; readonly replicates: number } {
  let racers = ranked;
  for (let replicates = minReplicates; ; replicates++) {
    const level = racers
      .filter(({ scores }) => scores.length >= replicates)
      .map(({ number, scores }) => ({
        number,
        values: scores.slice(0, replicates).map(([first = Number.NaN]) => first),
      }));
    const left = new Set(level.length === 0 ? [] : racing(level, goal));
    racers = racers.filter(({ number }) => left.has(number));
    const isWhole = racers.every((trial) => triedOf(trial) > replicates);
    if (racers.length < 2 || !isWhole || replicates >= all.length) return { racers, replicates };
  }
}

export async function runReplicate(
  { spec, ...surroundings }: PointSurroundings & { readonly spec: SweepSpec },
  study: Study,
  { trial, replicate }: SharedTask,
): Promise<ReplicateTold | undefined> {
  const point = (await study.state()).trials.get(trial)?.asked?.params;
  if (point === undefined) throw new Error(`trial ${trial} was never asked`);
  const params = { ...point, ...spec.replicates[replicate] };
  const result = await runPoint(spec, { trial, params, until: spec.until }, surroundings);
  if (result.kind === 'interrupted') return undefined;
  const values = result.kind === 'complete' ? objectives(spec, result) : result.reason;
  return {
    ...{ type: 'replicate-told', at: Date.now(), study: spec.name, trial, replicate },
    ...(result.run === undefined ? {} : { run: result.run }),
    ...(typeof values === 'string' ? { reason: values } : { values }),
    ...(result.cost === undefined ? {} : { cost: result.cost }),
  };
}
