/**
 * What may stand in pipeline.yaml: the one schema that its types, its checks, the editor's help and docs/pipeline.md
 * come from.
 */
import type { FromSchema } from 'json-schema-to-ts';
import { duration, metricsEntry, name, path, resources, series, text, texts } from './schema-parts.ts';

/** What may stand anywhere in a text, before the item is filled in. */
const item = '\\$\\{ ?(item|key)[^${}]*\\}';

const fields = {
  type: 'object',
  additionalProperties: false,
  required: ['cmd'],
  properties: {
    cmd: {
      description: 'The command: a line for a shell, or a list of arguments run without one.',
      oneOf: [
        { type: 'string', minLength: 1 },
        { type: 'array', items: text, minItems: 1 },
      ],
    },
    desc: { ...text, description: 'What it does, for people.' },
    deps: {
      description: 'What it reads: name → path, or ${stage.output}; or a list of these.',
      oneOf: [
        { type: 'object', propertyNames: name, additionalProperties: { type: 'string', minLength: 1 } },
        { type: 'array', items: { type: 'string', minLength: 1 } },
      ],
    },
    params: {
      ...texts,
      description: 'Dotted names of the params it is given, besides those in cmd; a map’s name gives the whole of it.',
    },
    outs: {
      description: 'What it writes: name → path, or a list of paths.',
      oneOf: [
        { type: 'object', propertyNames: name, additionalProperties: path },
        { type: 'array', items: path },
      ],
    },
    metrics: {
      type: 'object',
      propertyNames: name,
      additionalProperties: metricsEntry,
      description: 'Outputs that are JSON files of numbers, by name; nested keys join with a dot.',
    },
    series: {
      type: 'object',
      description: 'What is known of the live series it reports, by their names.',
      additionalProperties: series,
    },
    holdout: { type: 'boolean', description: 'It looks at held-out data: its metrics may not steer a search.' },
    env: {
      type: 'array',
      items: {
        ...text,
        pattern: `^([A-Za-z_]|${item})([A-Za-z0-9_]|${item})*$`,
        description: 'The name of a variable, without a value.',
      },
      description: 'Names of environment variables it is given; their values are in its key.',
    },
    code: { ...texts, description: 'Globs of code files in its key, for languages that are not traced.' },
    runtime: {
      type: 'object',
      propertyNames: name,
      additionalProperties: { type: 'string', minLength: 1 },
      description: 'Commands whose output is in its key, by name: {python: "python3 -VV"}.',
    },
    resources,
    cwd: {
      type: 'string',
      minLength: 1,
      description: 'The folder it runs in, relative to that of pipeline.yaml and inside it; in its key.',
    },
    always: { type: 'boolean', description: 'It runs in every run: no earlier result of it stands for it.' },
    timeout: { ...text, pattern: duration, description: 'It is ended after this long; such as 90s, 30m or 1h.' },
    retries: {
      type: 'integer',
      minimum: 0,
      maximum: 100,
      description: 'How often it is tried again after it failed, but for exit code 65.',
    },
  },
} as const;

const listed = {
  type: 'string',
  pattern: '^\\$\\{ *params\\.[^${}\\s]+ *\\}$',
  description: '${params.KEY} for a param that is a list or a map.',
} as const;
const values = { type: 'array', minItems: 1, description: 'The values.' } as const;

/** A stage, or what stands for several: `foreach` or `matrix` beside the fields, or the fields under `do` as in DVC. */
const stage = {
  type: 'object',
  additionalProperties: false,
  if: { required: ['do'] },
  else: { required: ['cmd'] },
  properties: {
    ...fields.properties,
    foreach: {
      description: 'The items that it is made once for each of: a list, name → item, or ${params.KEY}.',
      oneOf: [values, { type: 'object', minProperties: 1, additionalProperties: {} }, listed],
    },
    matrix: {
      type: 'object',
      minProperties: 1,
      propertyNames: name,
      description: 'It is made once for each combination: name → list of values, or ${params.KEY}.',
      additionalProperties: { oneOf: [values, listed], description: 'A list of values, or ${params.KEY}.' },
    },
    do: { ...fields, description: 'All its other keys, where they do not stand beside foreach or matrix.' },
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
    params: { type: 'string', minLength: 1, description: 'The file that declares every param with its default.' },
    remote: {
      type: 'string',
      minLength: 1,
      description: 'A folder shared with other machines: results are fetched from it, and kept there.',
    },
    aliases: {
      type: 'object',
      additionalProperties: { type: 'string', minLength: 1, description: 'Its name today.' },
      description: 'Params that were renamed: former name → name today.',
    },
    stages: {
      type: 'object',
      minProperties: 1,
      description: 'The stages, by name.',
      propertyNames: name,
      additionalProperties: stage,
    },
  },
} as const;

export type PipelineFile = FromSchema<typeof pipelineSchema>;
/** The fields of one stage. */
export type StageFile = FromSchema<typeof fields>;
/** What stands below the name of a stage. */
export type WrittenStage = Partial<StageFile> & {
  readonly foreach?: unknown;
  readonly matrix?: unknown;
  readonly do?: StageFile;
};

/** Names that `${…}` or the run's folder already give a meaning. */
export const reservedStageNames = ['params', 'deps', 'outs', 'item', 'env', 'attempts'] as const;

/** The schema file that editors read. */
export function pipelineSchemaText(): string {
  return `${JSON.stringify(pipelineSchema, undefined, 2)}\n`;
}
