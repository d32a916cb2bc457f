/** When the search is over, the best of each arm is run under seeds of its own, up to the held-out part: once. */
import type { FinalTold } from '../events.ts';
import { type SeriesOfRun, stepsAtBest } from './best-steps.ts';
import { finalKey } from './finals-record.ts';
import { leaderboard } from './leaderboard.ts';
import { type PointSurroundings, runPoint } from './run-point.ts';
import { type Point, pointKey } from './search-space.ts';
import type { SharedTask } from './shared-tasks.ts';
import type { SweepSpec } from './spec.ts';
import type { Study } from './study.ts';
import { phaseOf, type StudyState, type StudyTrial } from './study-state.ts';

/**
 * The trials whose final runs the study has: of each group the best. One that was looked at stays the group's, though
 * the search should go on and find a better one: the held-out part has been seen.
 */
export function finalists(spec: SweepSpec, state: StudyState): readonly number[] {
  const { final } = spec;
  if (final === undefined) return [];
  const looked = lookedAt(state);
  const numbers = new Set(looked.map(({ number }) => number));
  const ranked = leaderboard(spec, state).ranked.filter(({ number }) => !numbers.has(number));
  const groups = new Map<string, number[]>();
  for (const trial of [...looked, ...ranked]) {
    const key = groupOf(final.per, trial);
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    if (numbers.has(trial.number) || group.length < final.top) group.push(trial.number);
  }
  return [...groups.values()].flat();
}

/** Also those that a narrower space has left out; but none of other code, whose study was begun anew. */
function lookedAt(state: StudyState): StudyTrial[] {
  const { counted } = phaseOf(state);
  const numbers = new Set(state.finals.map(({ trial }) => trial));
  return [...numbers].flatMap((number) => (number >= counted ? (state.trials.get(number) ?? []) : []));
}

/** Which of the groups that the study takes the best of. */
export function groupOf(per: readonly string[], { asked }: StudyTrial): string {
  return pointKey(Object.fromEntries(per.map((name) => [name, asked?.params[name] ?? null])));
}

export function finalsDue(spec: SweepSpec, state: StudyState): readonly SharedTask[] {
  const told = new Set(state.finals.map(finalKey));
  return finalists(spec, state).flatMap((trial) =>
    (spec.final?.replicates ?? []).flatMap((_, replicate): SharedTask[] => {
      const key = finalKey({ trial, replicate });
      if (told.has(key)) return [];
      return [{ kind: 'final', trial, replicate, reopened: state.reopenedFinals.get(key) ?? 0 }];
    }),
  );
}

export async function runFinal(
  { spec, ...surroundings }: PointSurroundings & { readonly spec: SweepSpec },
  study: Study,
  { trial, replicate }: SharedTask,
): Promise<FinalTold | undefined> {
  const { final } = spec;
  const point = (await study.state()).trials.get(trial)?.asked?.params;
  if (final === undefined || point === undefined) throw new Error(`trial ${trial} has no final run`);
  const trained = await trainedFor(spec, trial, point, surroundings);
  if (trained === undefined) return undefined;
  const params = { ...point, ...final.set, ...trained, ...final.replicates[replicate] };
  const result = await runPoint(spec, { trial, params, until: final.until }, surroundings);
  if (result.kind === 'interrupted') return undefined;
  const told: Pick<FinalTold, 'run' | 'metrics' | 'reason'> =
    result.kind === 'complete'
      ? { run: result.run, metrics: ofStage(result.metrics, final.until) }
      : { ...(result.run === undefined ? {} : { run: result.run }), reason: result.reason };
  return { type: 'final-told', at: Date.now(), study: spec.name, trial, replicate, ...told };
}

/** @returns undefined where it was interrupted */
async function trainedFor(
  spec: SweepSpec,
  trial: number,
  point: Point,
  surroundings: PointSurroundings,
): Promise<Point | undefined> {
  const wanted = spec.final?.bestSteps ?? [];
  if (wanted.length === 0) return {};
  const runs: SeriesOfRun[] = [];
  for (const replicate of spec.replicates) {
    const params = { ...point, ...replicate };
    const result = await runPoint(spec, { trial, params, until: spec.until }, surroundings); // what it had come to: cached
    if (result.kind === 'interrupted') return undefined;
    if (result.kind === 'complete') runs.push(result.series);
  }
  return stepsAtBest(wanted, runs);
}

function ofStage(metrics: Readonly<Record<string, number>>, stage: string): Record<string, number> {
  return Object.fromEntries(
    Object.entries(metrics).filter(([name, value]) => name.startsWith(`${stage}.`) && Number.isFinite(value)),
  );
}
