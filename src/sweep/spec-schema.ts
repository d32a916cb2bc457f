/** What may stand in a sweep file. The words are W&B's and Optuna's where they mean the same. */
import type { FromSchema } from 'json-schema-to-ts';

/** Of a study: letters, digits, _ and -. */
export const studyName = '^[A-Za-z0-9_-]+$';
const anyValue = {} as const;
const values = { type: 'array', items: anyValue, minItems: 1 } as const;

const parameter = {
  type: 'object',
  additionalProperties: false,
  properties: {
    values: { ...values, description: 'The values it may take.' },
    min: { type: 'number', description: 'The least value of a range.' },
    max: { type: 'number', description: 'The greatest. A range written in whole numbers holds whole numbers.' },
    distribution: {
      type: 'string',
      enum: ['uniform', 'int_uniform', 'log_uniform_values'],
      description: 'How a range is drawn from: evenly, or evenly in the logarithm of the value.',
    },
    step: { type: 'number', exclusiveMinimum: 0, description: 'Only min, min + step, min + 2 step, …' },
    when: {
      type: 'object',
      description: 'It is there only where the parameters named have the value, or one of the list.',
    },
  },
} as const;

export const sweepSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'a sweep file of Retrial',
  type: 'object',
  additionalProperties: false,
  required: ['version', 'metric', 'parameters'],
  properties: {
    version: { const: 1, description: 'Of this format.' },
    name: {
      type: 'string',
      pattern: studyName,
      description: 'Of the study; letters, digits, _ and -. The file’s name where not said.',
    },
    question: { type: 'string', description: 'What the sweep is to answer, for people.' },
    config: { type: 'array', items: { type: 'string' }, description: 'Params files laid over the defaults.' },
    until: { type: 'string', description: 'The last stage a trial runs.' },
    metric: {
      type: 'object',
      additionalProperties: false,
      required: ['name', 'goal'],
      description: 'What is sought.',
      properties: {
        name: { type: 'string', description: '`STAGE.METRIC`, as tables show it. Never of held-out data.' },
        goal: { type: 'string', enum: ['maximize', 'minimize'], description: 'Which values are better.' },
      },
    },
    parameters: {
      type: 'object',
      minProperties: 1,
      additionalProperties: parameter,
      description: 'The params that are swept, by dotted name.',
    },
    sampler: {
      type: 'object',
      additionalProperties: false,
      required: ['type'],
      description: 'What proposes the points; a grid where not said.',
      properties: {
        type: {
          type: 'string',
          enum: ['grid', 'random'],
          description: 'Every combination once, or independent draws.',
        },
        seed: { type: 'integer', minimum: 0, description: 'Of the draws; 1 where not said. A grid has none.' },
      },
    },
    seeds: {
      type: 'array',
      items: { type: 'integer' },
      minItems: 1,
      description: 'Short for replicates: { seed: […] }.',
    },
    replicates: {
      type: 'object',
      minProperties: 1,
      maxProperties: 1,
      additionalProperties: values,
      description: 'A param and its values: each point is run once for each, and its value is the mean.',
    },
    budget: {
      type: 'object',
      additionalProperties: false,
      description: 'How far to go.',
      properties: {
        trials: {
          type: 'integer',
          minimum: 1,
          description: 'Points, not runs. All of a grid, else 20, where not said.',
        },
      },
    },
    compare: {
      type: 'object',
      description: 'How the page shows the study.',
      additionalProperties: false,
      properties: {
        split_by: { type: 'string', description: 'The parameter whose values the page lays side by side.' },
      },
    },
  },
} as const;

export type SweepFile = FromSchema<typeof sweepSchema>;
export type ParameterFile = FromSchema<typeof parameter>;
