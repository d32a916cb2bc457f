/** A sweep file → what the study is to do, or every mistake at once. */
import { basename, dirname, extname, resolve } from 'node:path';
import { type Diagnostic, UserError } from '../errors.ts';
import { hashJson } from '../hash.ts';
import { loadPipeline } from '../pipeline/load.ts';
import { flatten, pickParams } from '../pipeline/param-tree.ts';
import { durationMs } from '../pipeline/quantities.ts';
import type { JsonValue, ParamTree, Pipeline } from '../pipeline/types.ts';
import { stagesInOrder } from '../plan/graph.ts';
import type { Constraint } from './constraints.ts';
import type { Budget, StudyDefinition } from './definition.ts';
import { readSweepFile } from './dialects/read-sweep-file.ts';
import { curveMistakes } from './dialects/wandb-file.ts';
import { namedFile, type Overlays, overlayName, readOverlays } from './overlay-dimension.ts';
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
} from './spec-mistakes.ts';
import type { ParameterFile, SweepFile } from './spec-schema.ts';
import { splitMistakes } from './split-mistakes.ts';
import { idleMistakes, valueMistakes } from './value-mistakes.ts';

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
  readonly splitBy?: string;
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
}

export interface SweepOptions {
  readonly pipelineFile: string;
  /** Of the study, instead of the file's. */
  readonly name?: string;
  /** Instead of the file's budget. */
  readonly trials?: number;
  /** `model.lr=0.1,0.01`: parameters that are added to the file's, or replace them. */
  readonly overrides?: readonly string[];
}

const defaultTrials = 20;

/** Throws one {@link UserError} with every mistake, before anything runs. */
export async function readSweep(path: string, options: SweepOptions): Promise<SweepSpec> {
  const { file, warnings, curveOfObjective } = await readSweepFile(resolve(path), options.overrides ?? []);
  const source = file.value as SweepFile;
  const root = dirname(options.pipelineFile);
  const overlays: string[] = [];
  for (const [at, name] of (source.config ?? []).entries())
    overlays.push(await namedFile(root, name, file.place(['config', at])));
  const pipeline = await loadPipeline({ file: options.pipelineFile, overlays });
  const sampler = samplerSpec(source);
  const parameters = source.parameters as Readonly<Record<string, ParameterFile>>;
  const { overlaid, mistakes: unlaid } = await readOverlays(source, pipeline, overlays, file);
  const params = source.overlays === undefined ? pipeline.params : { ...pipeline.params, [overlayName]: '' };
  const { space, mistakes: wrong } = readSpace(parameters, params, file, sampler.type === 'grid');
  const replicates = replicatesOf(source);
  const name = options.name ?? source.name ?? basename(path, extname(path));
  const { constraints, mistakes: unmeant } = readConstraints(source, space, pipeline, overlaid, file);
  const mistakes = [
    ...unlaid,
    ...wrong,
    ...unmeant,
    ...objectiveMistakes(source, file, pipeline),
    ...replicateMistakes(source, file, replicates, pipeline),
    ...splitMistakes(source, overlaid, file),
    ...samplerMistakes(source, space, file),
    ...settingMistakes(source, file),
    ...prunedMistakes(source, file, pipeline),
    ...curveMistakes(curveOfObjective, source, pipeline),
    ...finalMistakes(source, file, pipeline),
    ...armMistakes(source, space, file),
    ...nameMistakes(source, name, options.name),
  ];
  if (mistakes.length > 0) throw new UserError(mistakes);
  const stages = stagesInOrder(pipeline, targetsOf(source));
  const base = { pipelineFile: options.pipelineFile, overlays };
  const unfit = [
    ...idleMistakes(source, space, overlaid, replicates, stages, file),
    ...(await valueMistakes(source, base, space, replicates, file)),
  ];
  if (unfit.length > 0) throw new UserError(unfit);
  const metrics = metricsOf(source);
  const [{ goal }] = metrics;
  const pruned = prunedSeries(source, pipeline, goal);
  const pruner = prunerSpec(source, pruned?.goal ?? goal);
  const final = finalSpec(source);
  const search = { name, text: file.text, warnings, metrics, space, constraints, sampler };
  return {
    ...{ ...search, overlays, overlaid, pipeline },
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
      ...(Object.keys(spec.overlaid).length === 0 ? {} : { overlays: overlaidParams(spec) }),
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

/** What the overlays of a study set, each as one hash: with another file of the same name it is another study. */
function overlaidParams({ overlaid }: SweepSpec): Record<string, JsonValue> {
  return Object.fromEntries(Object.entries(overlaid).map(([name, { changes }]) => [name, hashJson(changes)]));
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
