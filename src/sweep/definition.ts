/** What a study searches, from what and for what: nothing of it knows pipelines, so that any program can be searched. */
import type { Goal, JsonValue } from '../pipeline/types.ts';
import type { Constraint } from './constraints.ts';
import type { PrunerSpec } from './pruner.ts';
import type { SamplerSpec } from './sampler.ts';
import { contains, type Point, type SearchSpace } from './search-space.ts';

/** Of a study, which is a folder's and stands in commands: letters, digits, _ and -. */
export const studyName = '^[A-Za-z0-9_-]+$';

export interface Metric {
  readonly name: string;
  readonly goal: Goal;
}

export interface StudyDefinition {
  readonly name: string;
  /** The first decides where one has to; with several, the Pareto front is sought. */
  readonly metrics: readonly [Metric, ...Metric[]];
  readonly space: SearchSpace;
  readonly constraints: readonly Constraint[];
  readonly sampler: SamplerSpec;
  readonly pruner?: PrunerSpec;
  /** The goal of what the pruner reads. */
  readonly prunedGoal: Goal;
  /** Parameters whose values are arms: each has a sampler and a pruner of its own, and as many trials. */
  readonly stratify: readonly string[];
  /** How often each point is run at the least. */
  readonly minReplicates: number;
  readonly budget: Budget;
  /** How often a trial is begun again whose job ran out of memory; as after any other death where absent. */
  readonly retriesOutOfMemory?: number;
}

export interface Budget {
  /** How many points. */
  readonly trials: number;
  /** Of one command, from its beginning. */
  readonly timeMs?: number;
  /** Ends the search when so many finished trials in a row were no better than those before. */
  readonly patience?: number;
}

/** Whether a point of an earlier phase is one of the space as it is now. */
export function fits({ space, constraints }: StudyDefinition, point: Point): boolean {
  return contains(space, point) && constraints.every((constraint) => constraint.holds(point));
}

/** The lower the better, whatever the goal. */
export function lossOf(value: number, goal: Goal): number {
  return goal === 'minimize' ? value : -value;
}

/** What is searched, from what and for what, as JSON: what is put on record, and compared where a study goes on. */
export function searchIdentity(definition: StudyDefinition): Readonly<Record<string, JsonValue>> {
  const { metrics, space, sampler, pruner, constraints, stratify } = definition;
  const identity = {
    metric: metrics.length === 1 ? metrics[0] : metrics,
    sampler,
    parameters: Object.fromEntries(space.map(({ name, ...dimension }) => [name, dimension])),
    ...(pruner === undefined ? {} : { pruner }),
    ...(constraints.length === 0 ? {} : { constraints: constraints.map(({ text }) => text) }),
    ...(stratify.length === 0 ? {} : { stratify }),
  };
  return JSON.parse(JSON.stringify(identity));
}
