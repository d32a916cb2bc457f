/** What can be wrong with a sweep file that its schema does not see. The space has checks of its own: read-space.ts. */
import { type Diagnostic, type Place, UserError } from '../errors.ts';
import { canonicalJson } from '../hash.ts';
import { loadPipeline } from '../pipeline/load.ts';
import { flatten } from '../pipeline/param-tree.ts';
import { didYouMean } from '../pipeline/suggest.ts';
import type { JsonValue, Pipeline } from '../pipeline/types.ts';
import type { YamlFile } from '../pipeline/yaml-file.ts';
import { seesHoldout, stagesInOrder } from '../plan/graph.ts';
import { type Dimension, type Point, type SearchSpace, valuesOf } from './search-space.ts';
import type { SweepFile } from './spec-schema.ts';

/** The objective must be a metric that a trial produces, and never one of held-out data. */
export function objectiveMistakes(source: SweepFile, file: YamlFile, pipeline: Pipeline): Diagnostic[] {
  const { until } = source;
  if (until !== undefined && !pipeline.stages.has(until))
    return [
      {
        severity: 'error',
        message: `until: there is no stage "${until}"`,
        place: file.place(['until']),
        ...didYouMean(until, pipeline.stages.keys()),
      },
    ];
  const stage = source.metric.name.split('.')[0] ?? '';
  const place = file.place(['metric', 'name']);
  if (!pipeline.stages.has(stage) || !source.metric.name.includes('.')) {
    const hint = didYouMean(stage, pipeline.stages.keys()).hint ?? 'a metric is named stage.metric';
    return [{ severity: 'error', message: `metric: there is no stage "${stage}"`, place, hint }];
  }
  if (seesHoldout(pipeline, stage))
    return [
      {
        severity: 'error',
        message: `metric: ${stage} sees held-out data, which may not steer a search`,
        place,
        hint: 'choose by a metric of the validation part',
      },
    ];
  const reached = stagesInOrder(pipeline, until === undefined ? undefined : [until]).map(({ name }) => name);
  if (reached.includes(stage)) return [];
  return [
    {
      severity: 'error',
      message: `metric: a trial ends with ${until} and never runs ${stage}`,
      place,
      hint: `until: ${stage}`,
    },
  ];
}

export function replicateMistakes(
  source: SweepFile,
  file: YamlFile,
  replicates: readonly Point[],
  pipeline: Pipeline,
): Diagnostic[] {
  const mistakes: Diagnostic[] = [];
  const key = replicatesKey(source);
  const say = (message: string, more: { hint?: string } = {}) =>
    mistakes.push({ severity: 'error', message: `${key}: ${message}`, place: file.keyPlace([key]), ...more });
  if (source.seeds !== undefined && source.replicates !== undefined)
    say('seeds and replicates exclude each other', { hint: 'seeds: […] is short for replicates: { seed: […] }' });
  const known = Object.keys(flatten(pipeline.params));
  for (const name of Object.keys(replicates[0] ?? {})) {
    if (!known.includes(name)) say(`there is no param "${name}"`, didYouMean(name, known));
    if (name in source.parameters) say(`${name} is a swept parameter too`);
  }
  if (new Set(replicates.map((replicate) => canonicalJson(replicate))).size < replicates.length)
    say('a value is listed twice', { hint: 'the same run twice is no second opinion' });
  return mistakes;
}

export function splitMistakes({ compare, parameters }: SweepFile, file: YamlFile): Diagnostic[] {
  const name = compare?.split_by;
  if (name === undefined || name in parameters) return [];
  return [
    {
      severity: 'error',
      message: `split_by: ${name} is not among the parameters`,
      place: file.place(['compare', 'split_by']),
      ...didYouMean(name, Object.keys(parameters)),
    },
  ];
}

interface Base {
  readonly pipelineFile: string;
  readonly overlays: readonly string[];
}

/** Every value is tried on the param it is meant for; of a range, two that tell what kind of numbers are drawn. */
export async function valueMistakes(
  source: SweepFile,
  base: Base,
  space: SearchSpace,
  replicates: readonly Point[],
  file: YamlFile,
): Promise<Diagnostic[]> {
  const key = replicatesKey(source);
  const repeated = replicates.flatMap((replicate, at) =>
    Object.entries(replicate).map(([name, value]) => {
      return { name, value, place: file.place(key === 'seeds' ? [key, at] : [key, name, at]) };
    }),
  );
  const samples = [...space.flatMap((dimension) => samplesOf(dimension, file)), ...repeated];
  const mistakes: Diagnostic[] = [];
  for (const { name, value, place } of samples) {
    const said = await diagnosticsOf(() =>
      loadPipeline({ file: base.pipelineFile, overlays: base.overlays, values: { [name]: value } }),
    );
    mistakes.push(...said.map((diagnostic) => ({ ...diagnostic, place })));
  }
  return mistakes;
}

interface Sample {
  readonly name: string;
  readonly value: JsonValue;
  readonly place: Place;
}

function samplesOf({ name, distribution }: Dimension, file: YamlFile): Sample[] {
  if (distribution.kind === 'categorical')
    return distribution.values.map((value, at) => ({
      name,
      value,
      place: file.place(['parameters', name, 'values', at]),
    }));
  const { low, high } = distribution;
  const drawn = distribution.kind === 'int' ? [low] : (valuesOf(distribution) ?? [low, low + (high - low) / Math.PI]);
  return drawn.slice(0, 2).map((value) => ({ name, value, place: file.keyPlace(['parameters', name]) }));
}

function replicatesKey(source: SweepFile): 'seeds' | 'replicates' {
  return source.replicates === undefined ? 'seeds' : 'replicates';
}

async function diagnosticsOf(work: () => Promise<unknown>): Promise<readonly Diagnostic[]> {
  try {
    await work();
    return [];
  } catch (error) {
    if (error instanceof UserError) return error.diagnostics;
    throw error;
  }
}
