/** A sweep file → what the study is to do, or every mistake at once. */
import { basename, dirname, extname, resolve } from 'node:path';
import { UserError } from '../errors.ts';
import { loadPipeline } from '../pipeline/load.ts';
import { flatten, pickParams } from '../pipeline/param-tree.ts';
import { durationMs } from '../pipeline/quantities.ts';
import type { JsonValue, ParamTree, Pipeline } from '../pipeline/types.ts';
import { validate } from '../pipeline/validate.ts';
import { readYaml } from '../pipeline/yaml-file.ts';
import { stagesInOrder } from '../plan/graph.ts';
import type { Constraint } from './constraints.ts';
import type { Budget, StudyDefinition } from './definition.ts';
import { readConstraints } from './read-constraints.ts';
import { type PrunedSeries, prunedSeries, prunerSpec, samplerSpec, settingMistakes } from './read-search.ts';
import { readSpace } from './read-space.ts';
import type { SamplerSpec } from './sampler.ts';
import { gridPoints } from './samplers/grid.ts';
import type { Point, SearchSpace } from './search-space.ts';
import {
  armMistakes,
  finalMistakes,
  nameMistakes,
  objectiveMistakes,
  prunedMistakes,
  replicateMistakes,
  samplerMistakes,
  splitMistakes,
} from './spec-mistakes.ts';
import { type ParameterFile, type SweepFile, sweepSchema } from './spec-schema.ts';
import { idleMistakes, valueMistakes } from './value-mistakes.ts';

export interface SweepSpec extends StudyDefinition {
  readonly text: string;
  readonly question?: string;
  /** Absolute paths of params files laid over the defaults. */
  readonly overlays: readonly string[];
  readonly until?: string;
  /** What the pruner reads. */
  readonly pruned?: PrunedSeries;
  /** One set of params for each replicate of a point; a single empty one where there are none. */
  readonly replicates: readonly Point[];
  readonly retries: Readonly<Record<RetriedFailure, number>>;
  readonly final?: FinalSpec;
  readonly splitBy?: string;
  /** The pipeline with the overlays, before any point is set. */
  readonly pipeline: Pipeline;
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
}

export interface SweepOptions {
  readonly pipelineFile: string;
  /** Instead of the file's budget. */
  readonly trials?: number;
}

const defaultTrials = 20;

/** Throws one {@link UserError} with every mistake, before anything runs. */
export async function readSweep(path: string, options: SweepOptions): Promise<SweepSpec> {
  const file = await readYaml(resolve(path));
  const invalid = await validate(file, sweepSchema);
  if (invalid.length > 0) throw new UserError(invalid);
  const source = file.value as SweepFile;
  const root = dirname(options.pipelineFile);
  const overlays = (source.config ?? []).map((overlay) => resolve(root, overlay));
  const pipeline = await loadPipeline({ file: options.pipelineFile, overlays });
  const sampler = samplerSpec(source);
  const parameters = source.parameters as Readonly<Record<string, ParameterFile>>;
  const { space, mistakes: wrong } = readSpace(parameters, pipeline.params, file, sampler.type === 'grid');
  const replicates = replicatesOf(source);
  const name = source.name ?? basename(path, extname(path));
  const { constraints, mistakes: unmeant } = readConstraints(source, space, pipeline, file);
  const mistakes = [
    ...wrong,
    ...unmeant,
    ...objectiveMistakes(source, file, pipeline),
    ...replicateMistakes(source, file, replicates, pipeline),
    ...splitMistakes(source, file),
    ...samplerMistakes(source, space, file),
    ...settingMistakes(source, file),
    ...prunedMistakes(source, file, pipeline),
    ...finalMistakes(source, file, pipeline),
    ...armMistakes(source, space, file),
    ...nameMistakes(source, name),
  ];
  if (mistakes.length > 0) throw new UserError(mistakes);
  const stages = stagesInOrder(pipeline, targetsOf(source));
  const base = { pipelineFile: options.pipelineFile, overlays };
  const unfit = [
    ...idleMistakes(source, space, replicates, stages, file),
    ...(await valueMistakes(source, base, space, replicates, file)),
  ];
  if (unfit.length > 0) throw new UserError(unfit);
  const metrics = metricsOf(source);
  const [{ goal }] = metrics;
  const pruned = prunedSeries(source, pipeline, goal);
  const pruner = prunerSpec(source, pruned?.goal ?? goal);
  const final = finalSpec(source);
  const search = { name, text: file.text, overlays, metrics, space, constraints, sampler, pipeline };
  return {
    ...search,
    ...(source.question === undefined ? {} : { question: source.question }),
    ...(source.until === undefined ? {} : { until: source.until }),
    ...(pruned === undefined || pruner === undefined ? {} : { pruned, pruner }),
    prunedGoal: pruned?.goal ?? goal,
    stratify: source.stratify ?? [],
    replicates,
    minReplicates: source.racing?.start ?? replicates.length,
    budget: budgetOf(source, options, sampler, space, constraints),
    retries: { exit: 0, signal: 0, timeout: 0, ...source.retries },
    ...(final === undefined ? {} : { final }),
    ...(source.compare?.split_by === undefined ? {} : { splitBy: source.compare.split_by }),
  };
}

function budgetOf(
  { budget }: SweepFile,
  options: SweepOptions,
  sampler: SamplerSpec,
  space: SearchSpace,
  constraints: readonly Constraint[],
): Budget {
  const wanted = options.trials ?? budget?.trials;
  const points = () => gridPoints(space).filter((point) => constraints.every(({ holds }) => holds(point))).length;
  return {
    trials: sampler.type === 'grid' ? Math.min(points(), wanted ?? Infinity) : (wanted ?? defaultTrials),
    ...(budget?.time === undefined ? {} : { timeMs: durationMs(budget.time) }),
    ...(budget?.patience === undefined ? {} : { patience: budget.patience }),
  };
}

export function metricsOf({ metric }: Pick<SweepFile, 'metric'>): StudyDefinition['metrics'] {
  return (Array.isArray(metric) ? metric : [metric]) as unknown as StudyDefinition['metrics'];
}

function finalSpec(source: SweepFile): FinalSpec | undefined {
  const { final } = source;
  if (final === undefined) return undefined;
  const param = replicatedParam(source);
  return {
    until: final.until,
    replicates: final.seeds.map((seed) => ({ [param]: seed })),
    top: final.top ?? 1,
    per: final.per ?? source.stratify ?? [],
    set: flatten((final.set ?? {}) as ParamTree) as Point,
  };
}

/** What makes two studies the same: with another space, metric or base, results do not belong together. */
export function studyIdentity(spec: SweepSpec): Readonly<Record<string, JsonValue>> {
  const stages = stagesInOrder(spec.pipeline, targetsOf(spec));
  const swept = sweptNames(spec);
  const base = flatten(pickParams(spec.pipeline.params, [...new Set(stages.flatMap((stage) => stage.params))]));
  return JSON.parse(
    JSON.stringify({
      metric: spec.metrics.length === 1 ? spec.metrics[0] : spec.metrics,
      until: spec.until ?? null,
      sampler: spec.sampler,
      parameters: Object.fromEntries(spec.space.map(({ name, ...dimension }) => [name, dimension])),
      ...(spec.pruner === undefined ? {} : { pruner: { ...spec.pruner, metric: spec.pruned } }),
      ...(spec.constraints.length === 0 ? {} : { constraints: spec.constraints.map(({ text }) => text) }),
      ...(spec.stratify.length === 0 ? {} : { stratify: spec.stratify }),
      replicates: spec.replicates,
      ...(spec.minReplicates === spec.replicates.length ? {} : { racing: { start: spec.minReplicates } }),
      params: Object.fromEntries(Object.entries(base).filter(([name]) => !swept.has(name))),
      ...(spec.question === undefined ? {} : { question: spec.question }),
      ...(spec.splitBy === undefined ? {} : { split_by: spec.splitBy }),
    }),
  ) as Readonly<Record<string, JsonValue>>;
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

function replicatesOf(source: SweepFile): readonly Point[] {
  const [entry] = Object.entries(source.replicates ?? (source.seeds === undefined ? {} : { seed: source.seeds }));
  if (entry === undefined) return [{}];
  const [name, values] = entry;
  return (values as readonly JsonValue[]).map((value) => ({ [name]: value }));
}

/** The param that replicates differ in. */
export function replicatedParam(source: Pick<SweepFile, 'replicates' | 'seeds'>): string {
  return Object.keys(source.replicates ?? { seed: [] })[0] ?? 'seed';
}
