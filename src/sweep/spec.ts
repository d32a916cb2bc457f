/** A sweep file → what the study is to do, or every mistake at once. */
import { basename, dirname, extname, resolve } from 'node:path';
import { UserError } from '../errors.ts';
import { loadPipeline } from '../pipeline/load.ts';
import { flatten, pickParams } from '../pipeline/param-tree.ts';
import type { Goal, JsonValue, Pipeline } from '../pipeline/types.ts';
import { validate } from '../pipeline/validate.ts';
import { readYaml } from '../pipeline/yaml-file.ts';
import { stagesInOrder } from '../plan/graph.ts';
import { readSpace } from './read-space.ts';
import type { SamplerSpec } from './sampler.ts';
import { gridPoints } from './samplers/grid.ts';
import type { SearchSpace } from './search-space.ts';
import { nameMistakes, objectiveMistakes, replicateMistakes, samplerMistakes, splitMistakes } from './spec-mistakes.ts';
import { type ParameterFile, type SweepFile, sweepSchema } from './spec-schema.ts';
import { idleMistakes, valueMistakes } from './value-mistakes.ts';

export interface SweepSpec {
  readonly name: string;
  readonly text: string;
  readonly question?: string;
  /** Absolute paths of params files laid over the defaults. */
  readonly overlays: readonly string[];
  readonly metric: { readonly name: string; readonly goal: Goal };
  readonly until?: string;
  readonly space: SearchSpace;
  readonly sampler: SamplerSpec;
  /** One set of params for each replicate of a point; a single empty one where there are none. */
  readonly replicates: readonly Readonly<Record<string, JsonValue>>[];
  /** How many points. */
  readonly trials: number;
  readonly splitBy?: string;
  /** The pipeline with the overlays, before any point is set. */
  readonly pipeline: Pipeline;
}

export interface SweepOptions {
  readonly pipelineFile: string;
  /** Instead of the file's budget. */
  readonly trials?: number;
}

const defaultRandomTrials = 20;

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
  const mistakes = [
    ...wrong,
    ...objectiveMistakes(source, file, pipeline),
    ...replicateMistakes(source, file, replicates, pipeline),
    ...splitMistakes(source, file),
    ...samplerMistakes(source, space, file),
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
  const budget = options.trials ?? source.budget?.trials;
  return {
    name,
    text: file.text,
    ...(source.question === undefined ? {} : { question: source.question }),
    ...{ overlays, metric: source.metric, space, sampler, pipeline },
    ...(source.until === undefined ? {} : { until: source.until }),
    replicates,
    trials:
      sampler.type === 'grid'
        ? Math.min(gridPoints(space).length, budget ?? Infinity)
        : (budget ?? defaultRandomTrials),
    ...(source.compare?.split_by === undefined ? {} : { splitBy: source.compare.split_by }),
  };
}

/** What makes two studies the same: with another space, metric or base, results do not belong together. */
export function studyIdentity(spec: SweepSpec): Readonly<Record<string, JsonValue>> {
  const stages = stagesInOrder(spec.pipeline, targetsOf(spec));
  const swept = new Set([
    ...spec.space.map(({ name }) => name),
    ...spec.replicates.flatMap((replicate) => Object.keys(replicate)),
  ]);
  const base = flatten(pickParams(spec.pipeline.params, [...new Set(stages.flatMap((stage) => stage.params))]));
  return JSON.parse(
    JSON.stringify({
      metric: spec.metric,
      until: spec.until ?? null,
      sampler: spec.sampler,
      parameters: Object.fromEntries(spec.space.map(({ name, ...dimension }) => [name, dimension])),
      replicates: spec.replicates,
      params: Object.fromEntries(Object.entries(base).filter(([name]) => !swept.has(name))),
      ...(spec.question === undefined ? {} : { question: spec.question }),
      ...(spec.splitBy === undefined ? {} : { split_by: spec.splitBy }),
    }),
  ) as Readonly<Record<string, JsonValue>>;
}

/** What a trial runs, with all it needs; everything where nothing is said. */
export function targetsOf({ until }: Pick<SweepSpec, 'until'>): readonly string[] | undefined {
  return until === undefined ? undefined : [until];
}

function samplerSpec(source: SweepFile): SamplerSpec {
  if (source.sampler?.type === 'random') return { type: 'random', seed: source.sampler.seed ?? 1 };
  return { type: 'grid' };
}

function replicatesOf(source: SweepFile): SweepSpec['replicates'] {
  const [entry] = Object.entries(source.replicates ?? (source.seeds === undefined ? {} : { seed: source.seeds }));
  if (entry === undefined) return [{}];
  const [name, values] = entry;
  return (values as readonly JsonValue[]).map((value) => ({ [name]: value }));
}
