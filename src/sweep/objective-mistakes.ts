/** What can be wrong with the metrics of a sweep file: its objectives, and what its pruner reads. */
import type { Diagnostic, Place } from '../errors.ts';
import { didYouMean } from '../pipeline/suggest.ts';
import type { Pipeline } from '../pipeline/types.ts';
import type { YamlFile } from '../pipeline/yaml-file.ts';
import { isTarget, seesHoldout, stagesInOrder } from '../plan/graph.ts';
import { stageHint } from './dialects/wandb-metric.ts';
import { targetsOf } from './spec.ts';
import { metricFiles, type SweepFile } from './spec-schema.ts';

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
  const named = metricFiles(source).map(({ name }, at) => {
    return { name, place: file.place(Array.isArray(metric) ? ['metric', at, 'name'] : ['metric', 'name']) };
  });
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
  const reached = stagesInOrder(pipeline, targetsOf({ until })).map((one) => one.name);
  return reached.includes(stage)
    ? undefined
    : say(`a trial ends with ${until} and never runs ${stage}`, `until: ${stage}`);
}
