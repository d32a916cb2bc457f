/** A W&B sweep file, known by its `method`, in our words. */
import type { Diagnostic, Place } from '../../errors.ts';
import { isMap } from '../../pipeline/param-tree.ts';
import type { Pipeline } from '../../pipeline/types.ts';
import { validate } from '../../pipeline/validate.ts';
import type { YamlFile } from '../../pipeline/yaml-file.ts';
import { stagesInOrder } from '../../plan/graph.ts';
import { type Say, sayTo } from '../say.ts';
import { targetsOf } from '../spec.ts';
import type { SweepFile } from '../spec-schema.ts';
import type { JsonMap, Move } from './rewritten.ts';

export interface WandbFile {
  readonly value: JsonMap;
  readonly moves: readonly Move[];
  readonly warnings: readonly Diagnostic[];
  /** Where a pruner is asked for that reads the objective's curve, as W&B's does. */
  readonly curveOfObjective?: Place;
}

/** Its Gaussian process is ours. */
const samplers = { grid: 'grid', random: 'random', bayes: 'gp' } as const;

const wandbSchema = {
  type: 'object',
  properties: {
    method: { type: 'string', enum: Object.keys(samplers) },
    description: { type: 'string' },
    run_cap: { type: 'integer', minimum: 1 },
    early_terminate: {
      type: 'object',
      additionalProperties: false,
      required: ['type'],
      properties: {
        type: { type: 'string', enum: ['hyperband'] },
        min_iter: { type: 'integer', minimum: 1 },
        max_iter: { type: 'integer', minimum: 1 },
        s: { type: 'integer', minimum: 1 },
        eta: { type: 'integer', minimum: 2 },
        strict: { type: 'boolean' },
        metric: { type: 'string' },
      },
    },
  },
} as const;

/** W&B's word → ours, which excludes it. */
const ours = { method: 'sampler', description: 'question', run_cap: 'budget', early_terminate: 'pruner' } as const;
const idle = ['program', 'command', 'project', 'entity'];

/** Mistakes in W&B's own words are told here; what is left is held to our schema. */
export async function wandbFile(value: JsonMap, file: YamlFile, mistakes: Diagnostic[]): Promise<WandbFile> {
  const say = sayTo(mistakes);
  const invalid = await validate(file, wandbSchema);
  mistakes.push(...invalid);
  const words = Object.keys(ours).filter((word): word is keyof typeof ours => word in value);
  for (const word of words)
    if (ours[word] in value)
      say(`${word} and ${ours[word]} exclude each other`, file.keyPlace([word]), 'keep one of them');
  const rest = Object.fromEntries(Object.entries(value).filter(([key]) => !(key in ours) && !idle.includes(key)));
  const metric: JsonMap = isMap(value.metric) ? { metric: { goal: 'minimize', ...value.metric } } : {};
  const pruned = invalid.length > 0 ? undefined : pruner(value, file, say);
  const sampler = samplers[value.method as keyof typeof samplers] ?? 'grid';
  return {
    value: {
      ...{ version: 1, ...rest, ...metric, sampler: { type: sampler } },
      ...(typeof value.description === 'string' ? { question: value.description } : {}),
      ...(invalid.length === 0 && value.run_cap !== undefined ? { budget: { trials: value.run_cap } } : {}),
      ...(pruned === undefined ? {} : { pruner: pruned }),
    },
    moves: [
      ...words.map((word): Move => ({ to: [ours[word]], from: [word] })),
      { to: ['sampler', 'type'], from: ['method'] },
      { to: ['budget', 'trials'], from: ['run_cap'] },
      ...prunerMoves(value),
    ],
    warnings: idleWarnings(value, file),
    ...(pruned !== undefined && !('metric' in (value.early_terminate as JsonMap))
      ? { curveOfObjective: file.keyPlace(['early_terminate']) }
      : {}),
  };
}

function idleWarnings(value: JsonMap, file: YamlFile): Diagnostic[] {
  const said = Object.keys(value).filter((key) => idle.includes(key));
  const [first] = said;
  if (first === undefined) return [];
  const message = `${said.join(', ')}: of no meaning here`;
  const hint = 'pipeline.yaml says what runs, and runs/ is where results are';
  return [{ severity: 'warning', message, place: file.keyPlace([first]), hint }];
}

/**
 * W&B's hyperband has one ladder of steps, and holds what a trial reports there against all other trials: that is asha.
 * Steps are min_iter · eta^k, or the s that max_iter is divided down to.
 */
function pruner({ early_terminate: given, metric }: JsonMap, file: YamlFile, say: Say): JsonMap | undefined {
  if (!isMap(given)) return undefined;
  const { min_iter: min, max_iter: max, s, eta: reduction = 3 } = given as Readonly<Record<string, number | undefined>>;
  const place = file.keyPlace(['early_terminate']);
  const objective = isMap(metric) ? metric.name : undefined;
  const common = { type: 'asha', metric: given.metric ?? objective ?? '', reduction };
  if ((min === undefined) === (max === undefined))
    say('early_terminate needs either min_iter, or max_iter and s', place);
  else if (max !== undefined && s === undefined) say('early_terminate: max_iter needs s, the number of steps', place);
  const least = min ?? Math.floor((max ?? 1) / reduction ** (s ?? 0));
  if (least < 1)
    say(`early_terminate: ${max} divided ${s} times by ${reduction} is below 1`, place, 'take a smaller s');
  const most = min === undefined ? least * reduction ** (s ?? 0) : Number.MAX_SAFE_INTEGER;
  return { ...common, min_step: Math.max(1, least), max_step: Math.max(1, most) };
}

function prunerMoves({ early_terminate: given }: JsonMap): Move[] {
  const named = isMap(given) && 'metric' in given;
  const from = (to: string, ...path: string[]): Move => ({ to: ['pruner', to], from: path });
  return [
    named ? from('metric', 'early_terminate', 'metric') : from('metric', 'metric', 'name'),
    from('reduction', 'early_terminate', 'eta'),
  ];
}

/** W&B's pruner reads the objective's curve. A pipeline has one only where a stage reports it while it runs. */
export function curveMistakes(at: Place | undefined, source: SweepFile, pipeline: Pipeline): Diagnostic[] {
  const [stage = '', ...rest] = (source.pruner?.metric ?? '').split('.');
  if (at === undefined || pipeline.stages.get(stage)?.series[rest.join('.')] !== undefined) return [];
  const reached = stagesInOrder(pipeline, targetsOf(source));
  const curves = reached.flatMap(({ name, series }) =>
    Object.entries(series).map(([of, one]) => ({ name: `${name}.${of}`, ...one })),
  );
  const known = curves.filter(({ goal }) => goal !== undefined).map(({ name }) => name);
  const message = `early_terminate reads the curve of ${source.pruner?.metric}, and no stage declares such a series`;
  const hint = `add to it metric: STAGE.SERIES, what a stage reports while it runs${known.length > 0 ? `: ${known.join(', ')}` : ''}`;
  return [{ severity: 'error', message, place: at, hint }];
}
