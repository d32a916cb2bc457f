/** What may stand in a sweep file. The words are W&B's and Optuna's where they mean the same. */
import type { FromSchema } from 'json-schema-to-ts';

const anyValue = {} as const;
const values = { type: 'array', items: anyValue, minItems: 1 } as const;

const parameter = {
  type: 'object',
  additionalProperties: false,
  properties: {
    values: { ...values, description: 'The values it may take.' },
    min: { type: 'number' },
    max: { type: 'number', description: 'With min: a range; two whole numbers mean whole numbers.' },
    distribution: { type: 'string', enum: ['uniform', 'int_uniform', 'log_uniform_values'] },
    step: { type: 'number', exclusiveMinimum: 0, description: 'Only min, min + step, min + 2 step, …' },
    when: { type: 'object', description: 'It is there only where other parameters have one of these values.' },
  },
} as const;

export const sweepSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'a sweep file of Retrial',
  type: 'object',
  additionalProperties: false,
  required: ['version', 'metric', 'parameters'],
  properties: {
    version: { const: 1 },
    name: {
      type: 'string',
      pattern: '^[A-Za-z0-9_-]+$',
      description: 'Of the study; letters, digits, _ and -. The file’s name where not said.',
    },
    question: { type: 'string', description: 'What the sweep is to answer, for people.' },
    config: { type: 'array', items: { type: 'string' }, description: 'Params files laid over the defaults.' },
    until: { type: 'string', description: 'The last stage a trial runs.' },
    metric: {
      type: 'object',
      additionalProperties: false,
      required: ['name', 'goal'],
      properties: { name: { type: 'string' }, goal: { type: 'string', enum: ['maximize', 'minimize'] } },
    },
    parameters: { type: 'object', minProperties: 1, additionalProperties: parameter },
    sampler: {
      type: 'object',
      additionalProperties: false,
      required: ['type'],
      properties: { type: { type: 'string', enum: ['grid', 'random'] }, seed: { type: 'integer', minimum: 0 } },
    },
    seeds: {
      type: 'array',
      items: { type: 'integer' },
      minItems: 1,
      description: 'Short for replicates: { seed: […] }.',
    },
    replicates: { type: 'object', minProperties: 1, maxProperties: 1, additionalProperties: values },
    budget: {
      type: 'object',
      additionalProperties: false,
      properties: { trials: { type: 'integer', minimum: 1, description: 'Points, not runs.' } },
    },
    compare: {
      type: 'object',
      additionalProperties: false,
      properties: {
        split_by: { type: 'string', description: 'The parameter whose values the page lays side by side.' },
      },
    },
  },
} as const;

export type SweepFile = FromSchema<typeof sweepSchema>;
export type ParameterFile = FromSchema<typeof parameter>;
