/** A sweep file → what the study is to do, or every mistake at once. */
import { basename, dirname, extname, resolve } from 'node:path';
import { UserError } from '../errors.ts';
import { loadPipeline } from '../pipeline/load.ts';
import { flatten } from '../pipeline/param-tree.ts';
import { durationMs } from '../pipeline/quantities.ts';
import type { ParamTree, Pipeline } from '../pipeline/types.ts';
import type { YamlFile } from '../pipeline/yaml-file.ts';
import { stagesInOrder } from '../plan/graph.ts';
import { slurmMistakes } from '../slurm/mistakes.ts';
import { bestStepMistakes, bestStepsOf } from './best-steps.ts';
import type { Constraint } from './constraints.ts';
import type { Budget, StudyDefinition } from './definition.ts';
import { readSweepFile } from './dialects/read-sweep-file.ts';
import { curveMistakes } from './dialects/wandb-file.ts';
import { incomparableParameters } from './incomparable-parameters.ts';
import { objectiveMistakes, prunedMistakes } from './objective-mistakes.ts';
import { namedFile, overlayName, readOverlays } from './overlay-dimension.ts';
import { readConstraints } from './read-constraints.ts';
import { prunedSeries, prunerSpec, samplerSpec, settingMistakes } from './read-search.ts';
import { readSpace } from './read-space.ts';
import { finalMistakes, replicateMistakes } from './replicate-mistakes.ts';
import { replicatedParam, replicatesOf } from './replicates.ts';
import type { SamplerSpec } from './sampler.ts';
import { gridPoints } from './samplers/grid.ts';
import type { Point, SearchSpace } from './search-space.ts';
import { type FinalPlaces, type FinalSpec, finalKeys, type SweepSpec, targetsOf } from './spec.ts';
import { armMistakes, emptyArmWarnings, nameMistakes, samplerMistakes } from './spec-mistakes.ts';
import { metricFiles, type ParameterFile, type SweepFile } from './spec-schema.ts';
import { splitMistakes } from './split-mistakes.ts';
import { idleMistakes, valueMistakes } from './value-mistakes.ts';

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
    ...finalMistakes(source, space, overlaid, file, pipeline),
    ...bestStepMistakes(source, space, file, pipeline),
    ...armMistakes(source, space, file),
    ...nameMistakes(source, name, options.name),
    ...slurmMistakes(source.slurm ?? {}, file, ['slurm']),
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
  const pruner = prunerSpec(source);
  const final = finalSpec(source, pipeline);
  const asked = [
    ...warnings,
    ...incomparableParameters(source, space, pipeline, file),
    ...emptyArmWarnings(source, space, constraints, file),
  ];
  const search = { name, text: file.text, warnings: asked, metrics, space, constraints, sampler };
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
    retriesOutOfMemory: source.retries?.signal ?? 0,
    ...(final === undefined ? {} : { final, finalPlaces: finalPlaces(file) }),
    ...(source.slurm === undefined ? {} : { slurm: source.slurm }),
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

function metricsOf(source: SweepFile): StudyDefinition['metrics'] {
  const [first, ...others] = metricFiles(source);
  if (first === undefined) throw new Error('the schema lets no empty list of metrics through');
  return [first, ...others];
}

function finalPlaces(file: YamlFile): FinalPlaces {
  return Object.fromEntries(finalKeys.map((key) => [key, file.keyPlace(['final', key])])) as FinalPlaces;
}

function finalSpec(source: SweepFile, pipeline: Pipeline): FinalSpec | undefined {
  const { final } = source;
  if (final === undefined) return undefined;
  const param = replicatedParam(source);
  return {
    until: final.until,
    replicates: final.seeds.map((seed) => ({ [param]: seed })),
    top: final.top ?? 1,
    per: final.per ?? source.stratify ?? [],
    set: flatten((final.set ?? {}) as ParamTree) as Point,
    bestSteps: bestStepsOf(source, pipeline),
  };
}
