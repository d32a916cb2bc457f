/**
 * What can be wrong with a sweep file that its schema does not see. The space has checks of its own in read-space.ts,
 * and the values in value-mistakes.ts.
 */
import type { Diagnostic } from '../errors.ts';
import { canonicalJson } from '../hash.ts';
import { flatten } from '../pipeline/param-tree.ts';
import { didYouMean } from '../pipeline/suggest.ts';
import type { Pipeline } from '../pipeline/types.ts';
import type { YamlFile } from '../pipeline/yaml-file.ts';
import { isTarget, seesHoldout, stagesInOrder } from '../plan/graph.ts';
import { type Point, type SearchSpace, sizeOf } from './search-space.ts';
import { type SweepFile, studyName } from './spec-schema.ts';

/** The objective must be a metric that a trial produces, and never one of held-out data. */
export function objectiveMistakes(source: SweepFile, file: YamlFile, pipeline: Pipeline): Diagnostic[] {
  const { until } = source;
  if (until !== undefined && !isTarget(pipeline, until))
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

/** A study's name is a folder's and stands in commands. */
export function nameMistakes(source: SweepFile, name: string): Diagnostic[] {
  if (source.name !== undefined || new RegExp(studyName).test(name)) return [];
  const message = `"${name}", after the file, cannot be the study's name`;
  return [{ severity: 'error', message, hint: 'say name: …, of letters, digits, _ and -' }];
}

/** So many fit into memory, and no study has more. */
const maxGridPoints = 100_000;

export function samplerMistakes({ sampler }: SweepFile, space: SearchSpace, file: YamlFile): Diagnostic[] {
  if (sampler?.type === 'random') return [];
  const mistakes: Diagnostic[] = [];
  if (sampler?.seed !== undefined)
    mistakes.push({
      ...{ severity: 'error', message: 'sampler: a grid draws nothing and has no seed' },
      place: file.keyPlace(['sampler', 'seed']),
    });
  const points = space.reduce((product, { distribution }) => product * sizeOf(distribution), 1);
  if (Number.isFinite(points) && points > maxGridPoints)
    mistakes.push({
      ...{ severity: 'error', message: `parameters: a grid of up to ${points} points is too large` },
      place: file.keyPlace(['parameters']),
      hint: 'list fewer values, take larger steps, or sampler: { type: random, seed: 1 }',
    });
  return mistakes;
}

/** The key that the replicates stand under. */
export function replicatesKey(source: SweepFile): 'seeds' | 'replicates' {
  return source.replicates === undefined ? 'seeds' : 'replicates';
}
