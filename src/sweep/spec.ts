/** What a study of the pipeline is to do. */
import type { Diagnostic, Place } from '../errors.ts';
import type { Goal, Pipeline } from '../pipeline/types.ts';
import type { SlurmSettings } from '../slurm/options.ts';
import type { StudyDefinition } from './definition.ts';
import type { Overlays } from './overlay-dimension.ts';
import type { PrunedSeries } from './read-search.ts';
import type { Point } from './search-space.ts';

export interface SweepSpec extends StudyDefinition {
  readonly text: string;
  readonly question?: string;
  /** Absolute paths of params files laid over the defaults. */
  readonly overlays: readonly string[];
  /** Those of which a point has one, by the value of its parameter `overlay`. */
  readonly overlaid: Overlays;
  readonly until?: string;
  /** What the pruner reads. */
  readonly pruned?: PrunedSeries;
  /** One set of params for each replicate of a point; a single empty one where there are none. */
  readonly replicates: readonly Point[];
  readonly retries: Readonly<Record<RetriedFailure, number>>;
  readonly final?: FinalSpec;
  /** Where in the file what `final` says stands. */
  readonly finalPlaces?: FinalPlaces;
  readonly splitBy?: string;
  /** What its workers ask of Slurm. */
  readonly slurm?: SlurmSettings;
  /** The pipeline with the overlays, before any point is set. */
  readonly pipeline: Pipeline;
  readonly warnings: readonly Diagnostic[];
}

export type RetriedFailure = 'exit' | 'signal' | 'timeout';

/** What is done with the best when the search is over. */
export interface FinalSpec {
  readonly until: string;
  /** One set of params for each run. */
  readonly replicates: readonly Point[];
  readonly top: number;
  /** The best of each combination of these parameters' values. */
  readonly per: readonly string[];
  readonly set: Point;
  readonly bestSteps: readonly BestStep[];
}

/** By the keys of `final`; where a key is not there, the place of all of it. */
export type FinalPlaces = Readonly<Record<FinalKey, Place>>;
export const finalKeys = ['until', 'seeds', 'top', 'per', 'set', 'best_step'] as const;
export type FinalKey = (typeof finalKeys)[number];

/** A param that is the step at which a series of the trial was at its best, where the trial has it. */
export interface BestStep {
  readonly param: string;
  readonly stage: string;
  readonly series: string;
  readonly goal: Goal;
}

/** Params that differ between the runs of a study. */
export function sweptNames(spec: Pick<SweepSpec, 'space' | 'replicates'>): ReadonlySet<string> {
  return new Set([
    ...spec.space.map(({ name }) => name),
    ...spec.replicates.flatMap((replicate) => Object.keys(replicate)),
  ]);
}

/** What a trial runs, with all it needs; everything where nothing is said. */
export function targetsOf({ until }: Pick<SweepSpec, 'until'>): readonly string[] | undefined {
  return until === undefined ? undefined : [until];
}
