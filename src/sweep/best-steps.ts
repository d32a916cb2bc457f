/**
 * `final: { best_step: … }`: early stopping chooses how long to train by the validation part, and a final run that trains on
 * that part has none to stop by. So it trains as long as the trial did before it was at its best.
 */
import { basename } from 'node:path';
import type { Diagnostic, Place } from '../errors.ts';
import { splitName } from '../pipeline/metric-names.ts';
import { flatten } from '../pipeline/param-tree.ts';
import { didYouMean } from '../pipeline/suggest.ts';
import type { Goal, ParamTree, Pipeline } from '../pipeline/types.ts';
import type { YamlFile } from '../pipeline/yaml-file.ts';
import { isTarget, seesHoldout, stagesInOrder } from '../plan/graph.ts';
import { meanOf } from '../statistics/moments.ts';
import type { SeriesSummary } from '../store/published.ts';
import { replicatedParam } from './replicates.ts';
import { isFixed, type Point, type SearchSpace } from './search-space.ts';
import { type BestStep, targetsOf } from './spec.ts';
import type { SweepFile } from './spec-schema.ts';

/** The series of a run: those of each of its stages. */
export type SeriesOfRun = Readonly<Record<string, Readonly<Record<string, SeriesSummary>>>>;

/** In a file without {@link bestStepMistakes}. */
export function bestStepsOf({ final }: SweepFile, pipeline: Pipeline): BestStep[] {
  return Object.entries(final?.best_step ?? {}).map(([param, name]) => {
    const [stage, series] = splitName(name);
    return { param, stage, series, goal: goalOf(pipeline, stage, series) ?? 'maximize' };
  });
}

/**
 * @param runs of each replicate of the trial
 * @returns the step of each param, the mean over the replicates, to a whole number; a trial without the series has none
 */
export function stepsAtBest(wanted: readonly BestStep[], runs: readonly SeriesOfRun[]): Point {
  const steps = wanted.flatMap(({ param, stage, series, goal }) => {
    const bests = runs.flatMap((run) => {
      const summary = run[stage]?.[series];
      return (goal === 'minimize' ? summary?.min : summary?.max)?.step ?? [];
    });
    return bests.length === 0 ? [] : [[param, Math.max(1, Math.round(meanOf(bests)))] as const];
  });
  return Object.fromEntries(steps);
}

export function bestStepMistakes(
  source: SweepFile,
  space: SearchSpace,
  file: YamlFile,
  pipeline: Pipeline,
): Diagnostic[] {
  const { until, final } = source;
  if (until !== undefined && !isTarget(pipeline, until)) return []; // told by the objective's check
  const known = Object.keys(flatten(pipeline.params));
  const set = flatten((final?.set ?? {}) as ParamTree);
  const reached = stagesInOrder(pipeline, targetsOf(source)).map(({ name }) => name);
  return Object.entries(final?.best_step ?? {}).flatMap(([param, name]) => {
    const say = (message: string, place: Place, hint?: string): Diagnostic[] => [
      { severity: 'error', message: `final: ${message}`, place, ...(hint === undefined ? {} : { hint }) },
    ];
    const at = file.keyPlace(['final', 'best_step', param]);
    if (!known.includes(param)) return say(`there is no param "${param}"`, at, didYouMean(param, known).hint);
    if (space.some((dimension) => dimension.name === param && !isFixed(dimension)))
      return say(`${param} is a swept parameter: the runs would not be those of the best`, at);
    if (param === replicatedParam(source)) return say(`${param} is what seeds: gives each run`, at);
    if (param in set) return say(`${param} is under set, too`, at);
    const [stage, series] = splitName(name);
    const named = file.place(['final', 'best_step', param]);
    if (!reached.includes(stage) || series === '')
      return say(
        `${name} is no series of a stage that a trial runs`,
        named,
        `STAGE.SERIES, a stage of ${reached.join(', ')}`,
      );
    if (seesHoldout(pipeline, stage)) return say(`${stage} sees held-out data, which may choose nothing`, named);
    if (goalOf(pipeline, stage, series) === undefined)
      return say(
        `nothing says which values of ${name} are better`,
        named,
        `give the series a goal in ${basename(pipeline.file)}`,
      );
    return [];
  });
}

function goalOf(pipeline: Pipeline, stage: string, series: string): Goal | undefined {
  return pipeline.stages.get(stage)?.series[series]?.goal;
}
