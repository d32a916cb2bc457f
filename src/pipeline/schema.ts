/**
 * What may stand in pipeline.yaml: the one schema that its types, its checks, the editor's help and docs/pipeline.md
 * come from.
 */
import type { FromSchema } from 'json-schema-to-ts';

const nameText = '^[A-Za-z0-9_-]+$';
const text = { type: 'string' } as const;
const texts = { type: 'array', items: text } as const;

const path = {
  type: 'string',
  minLength: 1,
  description: 'Path of an output, relative to the stage’s own output folder; a trailing slash declares a folder.',
} as const;

const goal = { type: 'string', enum: ['maximize', 'minimize'] } as const;

const metricsEntry = {
  description: 'A JSON file of numbers the stage writes; nested keys join with a dot.',
  oneOf: [
    path,
    {
      type: 'object',
      additionalProperties: false,
      required: ['path'],
      properties: {
        path,
        units: { ...path, description: 'A CSV file of scores per unit (user, fold), for paired tests.' },
        goal: {
          description: 'Whether more is better: for all, or by metric name; `*` stands for any text.',
          oneOf: [goal, { type: 'object', additionalProperties: goal }],
        },
        comparable_by: {
          ...texts,
          description:
            'Names of dependencies, and params.KEY: values are ranked together only where all of these agree.',
        },
      },
    },
  ],
} as const;

const stage = {
  type: 'object',
  additionalProperties: false,
  required: ['cmd'],
  properties: {
    cmd: {
      description:
        'The command: a line for a shell, or a list run without one. ${params.KEY}, ${deps.NAME} and ${outs.NAME} stand for values, quoted.',
      oneOf: [
        { type: 'string', minLength: 1 },
        { type: 'array', items: text, minItems: 1 },
      ],
    },
    desc: { ...text, description: 'What it does, for people.' },
    deps: {
      description: 'What it reads: name → path, or ${stage.output}; or a list of these.',
      oneOf: [{ type: 'object', additionalProperties: { type: 'string', minLength: 1 } }, texts],
    },
    params: { ...texts, description: 'Dotted names of the params it is given; a name of a map gives the whole of it.' },
    outs: {
      description: 'What it writes: name → path, or a list of paths.',
      oneOf: [
        { type: 'object', additionalProperties: path },
        { type: 'array', items: path },
      ],
    },
    metrics: { type: 'object', additionalProperties: metricsEntry, description: 'Outputs that are metrics.' },
    series: {
      type: 'object',
      description: 'What is known of the live series it reports.',
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        properties: {
          desc: text,
          goal,
          summary: { type: 'string', enum: ['last', 'best'], description: 'The value that stands for it in tables.' },
          reference: {
            type: 'object',
            additionalProperties: false,
            required: ['value', 'label'],
            properties: { value: { type: 'number' }, label: text },
          },
        },
      },
    },
    holdout: { type: 'boolean', description: 'It looks at held-out data: its metrics may not steer a search.' },
    env: { ...texts, description: 'Environment variables it is given, and that are in its key.' },
    code: { ...texts, description: 'Globs of code files in its key, for languages that are not traced.' },
    runtime: {
      type: 'object',
      additionalProperties: text,
      description: 'Commands whose output is in its key: {python: "python3 -VV"}.',
    },
    resources: {
      type: 'object',
      additionalProperties: false,
      description: 'What it needs while it runs.',
      properties: {
        cpus: { type: 'integer', minimum: 1, description: 'Threads; in the key. 1 where not said.' },
        memory: { ...text, pattern: '^[0-9.]+ *(B|KiB|MiB|GiB|TiB|kB|MB|GB|TB)$', description: 'Such as 2GiB.' },
        time: { ...text, pattern: '^[0-9.]+ *(ms|s|m|h|d)$', description: 'Such as 30m.' },
        gpus: { type: 'integer', minimum: 0 },
      },
    },
    timeout: { ...text, pattern: '^[0-9.]+ *(ms|s|m|h|d)$', description: 'It is ended after this, such as 1h.' },
    retries: { type: 'integer', minimum: 0, maximum: 100, description: 'How often it is tried again after it failed.' },
  },
} as const;

export const pipelineSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'pipeline.yaml of Retrial',
  type: 'object',
  additionalProperties: false,
  required: ['version', 'stages'],
  properties: {
    version: { const: 1, description: 'Version of this format.' },
    params: { ...text, description: 'The file that declares every param with its default.' },
    stages: {
      type: 'object',
      minProperties: 1,
      description: 'The stages by name.',
      propertyNames: { pattern: nameText },
      additionalProperties: stage,
    },
  },
} as const;

export type PipelineFile = FromSchema<typeof pipelineSchema>;
export type StageFile = FromSchema<typeof stage>;

/** Names that `${…}` or the run's folder already give a meaning. */
export const reservedStageNames = ['params', 'deps', 'outs', 'item', 'env', 'attempts'] as const;

/** The schema file that editors read. */
export function pipelineSchemaText(): string {
  return `${JSON.stringify(pipelineSchema, undefined, 2)}\n`;
}
