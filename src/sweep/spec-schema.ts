/** What may stand in a sweep file. The words are W&B's and Optuna's where they mean the same. */
import type { FromSchema } from 'json-schema-to-ts';
import { duration } from '../pipeline/schema-parts.ts';
import { studyName } from './definition.ts';

const anyValue = {} as const;
const values = { type: 'array', items: anyValue, minItems: 1 } as const;

const seeds = { type: 'array', items: { type: 'integer' }, minItems: 1 } as const;
const count = (minimum: number, description: string) => ({ type: 'integer', minimum, description }) as const;
const number = (description: string) => ({ type: 'number', description }) as const;

const metric = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'goal'],
  properties: {
    name: { type: 'string', description: '`STAGE.METRIC`, as tables show it. Never of held-out data.' },
    goal: { type: 'string', enum: ['maximize', 'minimize'], description: 'Which values are better.' },
  },
} as const;

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
    step: {
      type: 'number',
      exclusiveMinimum: 0,
      description: 'Only min, min + step, min + 2 step, …; on a log scale the nearest of them.',
    },
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
    overlays: {
      type: 'array',
      items: { type: 'string' },
      minItems: 1,
      description: 'Params files of which each point has one laid over the others: the parameter `overlay`.',
    },
    until: { type: 'string', description: 'The last stage a trial runs.' },
    metric: {
      oneOf: [metric, { type: 'array', items: metric, minItems: 1 }],
      description: 'What is sought; a list for a Pareto front, its first metric deciding where one has to.',
    },
    parameters: {
      type: 'object',
      minProperties: 1,
      additionalProperties: parameter,
      description: 'The params that are swept, by dotted name; or a text in Hydra’s words: `0.1,0.01`.',
    },
    sampler: {
      type: 'object',
      additionalProperties: false,
      required: ['type'],
      description: 'What proposes the points; a grid where not said.',
      properties: {
        type: {
          type: 'string',
          enum: ['grid', 'random', 'qmc', 'tpe', 'cmaes', 'gp', 'nsgaii'],
          description: 'See samplers above.',
        },
        seed: count(0, 'Of the draws; 1 where not said. A grid has none.'),
        startup_trials: count(0, 'tpe, cmaes, gp: random points before the model is used.'),
        candidates: count(1, 'tpe: how many are drawn for the best of them to be taken.'),
        multivariate: { type: 'boolean', description: 'tpe: one density over all parameters together.' },
        constant_liar: { type: 'boolean', description: 'tpe: trials that still run count as bad.' },
        population: count(2, 'cmaes, nsgaii: of a generation.'),
        sigma: { type: 'number', exclusiveMinimum: 0, description: 'cmaes: the first step, in parts of each range.' },
        sequence: { type: 'string', enum: ['sobol', 'halton'], description: 'qmc: which.' },
        scramble: { type: 'boolean', description: 'qmc: shuffle the sequence by the seed.' },
      },
    },
    pruner: {
      type: 'object',
      additionalProperties: false,
      required: ['type', 'metric'],
      description: 'What ends trials that cannot win; none where not said.',
      properties: {
        type: {
          type: 'string',
          enum: ['median', 'percentile', 'asha', 'hyperband', 'patience', 'threshold'],
          description: 'See pruners above.',
        },
        metric: { type: 'string', description: '`STAGE.SERIES`, what a stage reports while it runs.' },
        startup_trials: count(0, 'median, percentile: complete trials before any is ended; 5 where not said.'),
        warmup_steps: count(0, 'median, percentile, threshold: up to this step none is ended.'),
        min_trials: count(1, 'median, percentile: so many others have to have reported at the step.'),
        percentile: { type: 'number', minimum: 0, maximum: 100, description: 'percentile: who is worse ends.' },
        min_step: count(1, 'asha, hyperband: the first rung.'),
        max_step: count(1, 'asha, hyperband: the last step of a whole trial.'),
        reduction: { type: 'integer', minimum: 2, description: 'asha, hyperband: one of so many goes on; 3.' },
        patience: count(1, 'patience: so many reports that are no better.'),
        min_delta: { type: 'number', minimum: 0, description: 'patience: less is no better; 0.' },
        lower: number('threshold: a value below ends the trial.'),
        upper: number('threshold: a value above ends it.'),
      },
    },
    constraints: {
      type: 'array',
      items: { type: 'string' },
      description: 'Conditions that each point meets: `model.latent_dim * 2 <= model.hidden`.',
    },
    stratify: {
      type: 'array',
      items: { type: 'string' },
      minItems: 1,
      description: 'Parameters whose values are arms: a sampler, a pruner and as many trials for each.',
    },
    seeds: { ...seeds, description: 'Short for replicates: { seed: […] }.' },
    replicates: {
      type: 'object',
      minProperties: 1,
      maxProperties: 1,
      additionalProperties: values,
      description: 'A param and its values: each point is run once for each, and its value is the mean.',
    },
    racing: {
      type: 'object',
      additionalProperties: false,
      required: ['start'],
      description: 'Points begin with some of the replicates; those that may still be the best get the others.',
      properties: { start: count(2, 'Replicates that every point is run with.') },
    },
    budget: {
      type: 'object',
      additionalProperties: false,
      description: 'How far to go.',
      properties: {
        trials: count(1, 'Points, not runs. All of a grid, else 20, where not said.'),
        time: {
          type: 'string',
          pattern: duration,
          description: 'Of one command: `90m`, `2h`. Trials that run then are finished.',
        },
        patience: count(1, 'So many finished trials without a better one end the search.'),
      },
    },
    retries: {
      type: 'object',
      additionalProperties: false,
      description: 'How often a run of a trial is begun again, by how it failed; 0 where not said.',
      properties: {
        exit: count(0, 'A stage exited with another code than 0.'),
        signal: count(0, 'A stage was killed: out of memory, for instance.'),
        timeout: count(0, 'A stage took too long.'),
      },
    },
    final: {
      type: 'object',
      additionalProperties: false,
      required: ['until', 'seeds'],
      description: 'When the search is over, the best is run under other seeds up to a held-out stage, once.',
      properties: {
        until: { type: 'string', description: 'The last stage: one with `holdout: true`.' },
        seeds: { ...seeds, description: 'Values of the replicates’ param, none of which the search has used.' },
        top: count(1, 'So many of the best; 1 where not said.'),
        per: { type: 'array', items: { type: 'string' }, description: 'The best of each value of these parameters.' },
        set: { type: 'object', description: 'Params that differ: `split.validation: 0` trains on all there is.' },
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
export type MetricFile = FromSchema<typeof metric>;
