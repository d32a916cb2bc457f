/**
 * What can be wrong with a sweep file that its schema does not see. The space has checks of its own in read-space.ts,
 * and the values in value-mistakes.ts.
 */
import type { Diagnostic, Place } from '../errors.ts';
import { canonicalJson } from '../hash.ts';
import { flatten } from '../pipeline/param-tree.ts';
import { didYouMean } from '../pipeline/suggest.ts';
import type { JsonValue, ParamTree, Pipeline } from '../pipeline/types.ts';
import type { YamlFile } from '../pipeline/yaml-file.ts';
import { isTarget, seesHoldout, stagesInOrder } from '../plan/graph.ts';
import { stageHint } from './dialects/wandb-metric.ts';
import { type Point, type SearchSpace, sizeOf } from './search-space.ts';
import { type MetricFile, type SweepFile, studyName } from './spec-schema.ts';

/** An objective must be a metric that a trial produces, and never one of held-out data. */
export function objectiveMistakes(source: SweepFile, file: YamlFile, pipeline: Pipeline): Diagnostic[] {
  const { until, metric } = source;
  if (until !== undefined && !isTarget(pipeline, until))
    return [
      {
        severity: 'error',
        message: `until: there is no stage "${until}"`,
        place: file.place(['until']),
        ...didYouMean(until, pipeline.stages.keys()),
      },
    ];
  const named = Array.isArray(metric)
    ? (metric as readonly MetricFile[]).map(({ name }, at) => ({ name, place: file.place(['metric', at, 'name']) }))
    : [{ name: (metric as MetricFile).name, place: file.place(['metric', 'name']) }];
  const twice = named.filter(({ name }, at) => named.findIndex((other) => other.name === name) < at);
  return [
    ...named.flatMap(({ name, place }) => metricMistake('metric', name, place, source, pipeline) ?? []),
    ...twice.map(({ name, place }): Diagnostic => {
      return { severity: 'error', message: `metric: ${name} is listed twice`, place };
    }),
  ];
}

/** What the pruner reads is held to the same. */
export function prunedMistakes(source: SweepFile, file: YamlFile, pipeline: Pipeline): Diagnostic[] {
  const { pruner, until } = source;
  if (pruner === undefined || (until !== undefined && !isTarget(pipeline, until))) return [];
  const place = file.place(['pruner', 'metric']);
  const mistake = metricMistake('pruner', pruner.metric, place, source, pipeline);
  return mistake === undefined ? [] : [mistake];
}

function metricMistake(
  what: 'metric' | 'pruner',
  name: string,
  place: Place,
  { until }: SweepFile,
  pipeline: Pipeline,
): Diagnostic | undefined {
  const stage = name.split('.')[0] ?? '';
  const say = (message: string, hint: string): Diagnostic => {
    return { severity: 'error', message: `${what}: ${message}`, place, hint };
  };
  if (!name.includes('.')) return say(`${name} names no stage`, stageHint(name, until, pipeline));
  if (!pipeline.stages.has(stage))
    return say(
      `there is no stage "${stage}"`,
      didYouMean(stage, pipeline.stages.keys()).hint ?? 'a metric is named stage.metric',
    );
  if (seesHoldout(pipeline, stage))
    return say(
      `${stage} sees held-out data, which may not steer a search`,
      'choose by a metric of the validation part',
    );
  const reached = stagesInOrder(pipeline, until === undefined ? undefined : [until]).map((one) => one.name);
  return reached.includes(stage)
    ? undefined
    : say(`a trial ends with ${until} and never runs ${stage}`, `until: ${stage}`);
}

export function armMistakes(
  { stratify = [], parameters }: SweepFile,
  space: SearchSpace,
  file: YamlFile,
): Diagnostic[] {
  return stratify.flatMap((name, at): Diagnostic[] => {
    const place = file.place(['stratify', at]);
    const dimension = space.find((one) => one.name === name);
    const say = (message: string, more: { hint?: string } = {}): Diagnostic[] => {
      return [{ severity: 'error', message: `stratify: ${message}`, place, ...more }];
    };
    if (dimension === undefined)
      return name in parameters
        ? []
        : say(`${name} is not among the parameters`, didYouMean(name, Object.keys(parameters)));
    if (sizeOf(dimension.distribution) === Infinity)
      return say(`${name} has no end of values, and an arm for each`, { hint: 'list its values' });
    const outside = Object.keys(dimension.when).find((other) => !stratify.includes(other));
    return outside === undefined ? [] : say(`${name} depends on ${outside}, which is not among the arms`);
  });
}

export function finalMistakes(source: SweepFile, file: YamlFile, pipeline: Pipeline): Diagnostic[] {
  const { final, parameters } = source;
  if (final === undefined) return [];
  const mistakes: Diagnostic[] = [];
  const say = (message: string, place: Place, more: { hint?: string } = {}) =>
    mistakes.push({ severity: 'error', message: `final: ${message}`, place, ...more });
  if (!isTarget(pipeline, final.until))
    say(
      `there is no stage "${final.until}"`,
      file.place(['final', 'until']),
      didYouMean(final.until, pipeline.stages.keys()),
    );
  for (const [at, name] of (final.per ?? []).entries())
    if (!(name in parameters))
      say(
        `${name} is not among the parameters`,
        file.place(['final', 'per', at]),
        didYouMean(name, Object.keys(parameters)),
      );
  const known = Object.keys(flatten(pipeline.params));
  for (const name of Object.keys(flatten((final.set ?? {}) as ParamTree)))
    if (name in parameters)
      say(`${name} is a swept parameter: the runs would not be those of the best`, file.keyPlace(['final', 'set']));
    else if (!known.includes(name))
      say(`there is no param "${name}"`, file.keyPlace(['final', 'set']), didYouMean(name, known));
  const searched = source.seeds ?? Object.values(source.replicates ?? {})[0] ?? [flatten(pipeline.params).seed];
  for (const [at, seed] of final.seeds.entries())
    if (final.seeds.indexOf(seed) < at)
      say(`${seed} is listed twice`, file.place(['final', 'seeds', at]), {
        hint: 'the same run twice is no second opinion',
      });
    else if (searched.some((value) => value !== undefined && canonicalJson(value as JsonValue) === canonicalJson(seed)))
      say(`${seed} is a seed of the search too`, file.place(['final', 'seeds', at]), {
        hint: 'the best was chosen by what it reached under that seed: take others',
      });
  return mistakes;
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
  const start = source.racing?.start;
  if (start !== undefined && start >= replicates.length)
    mistakes.push({
      ...{ severity: 'error', message: `racing: a start of ${start} leaves none of ${replicates.length} replicates` },
      place: file.place(['racing', 'start']),
      hint: 'list more seeds, or take racing away',
    });
  if (new Set(replicates.map((replicate) => canonicalJson(replicate))).size < replicates.length)
    say('a value is listed twice', { hint: 'the same run twice is no second opinion' });
  return mistakes;
}

/** A study's name is a folder's and stands in commands. */
export function nameMistakes(source: SweepFile, name: string, asked?: string): Diagnostic[] {
  if (new RegExp(studyName).test(name)) return [];
  if (asked !== undefined) {
    const message = `--name: "${asked}" cannot be the name of a study`;
    return [{ severity: 'error', message, hint: 'names consist of letters, digits, _ and -' }];
  }
  if (source.name !== undefined) return [];
  const message = `"${name}", after the file, cannot be the study's name`;
  return [{ severity: 'error', message, hint: 'say name: …, of letters, digits, _ and -' }];
}

/** So many fit into memory, and no study has more. */
const maxGridPoints = 100_000;

export function samplerMistakes({ sampler }: SweepFile, space: SearchSpace, file: YamlFile): Diagnostic[] {
  if (sampler !== undefined && sampler.type !== 'grid') return [];
  const mistakes: Diagnostic[] = [];
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
