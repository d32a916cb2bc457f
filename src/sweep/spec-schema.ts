/** What may stand in a sweep file. The words are W&B's and Optuna's where they mean the same. */
import type { FromSchema } from 'json-schema-to-ts';
import { duration } from '../pipeline/schema-parts.ts';
import { slurmProperties } from '../slurm/options-schema.ts';
import { studyName } from './definition.ts';
import { count, metricSchema, parameterSchema, prunerSchema, samplerSchema, values } from './search-schema.ts';

const seeds = { type: 'array', items: { type: 'integer' }, minItems: 1 } as const;

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
      oneOf: [metricSchema, { type: 'array', items: metricSchema, minItems: 1 }],
      description: 'What is sought; a list for a Pareto front, its first metric deciding where one has to.',
    },
    parameters: {
      type: 'object',
      minProperties: 1,
      additionalProperties: parameterSchema,
      description: 'The params that are swept, by dotted name; or a text in Hydra’s words: `0.1,0.01`.',
    },
    sampler: samplerSchema,
    pruner: prunerSchema,
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
        until: { type: 'string', description: 'The last stage: one with `holdout: true`, or that depends on one.' },
        seeds: { ...seeds, description: 'Values of the replicates’ param, none of which the search has used.' },
        top: count(1, 'So many of the best; 1 where not said.'),
        per: { type: 'array', items: { type: 'string' }, description: 'The best of each value of these parameters.' },
        set: { type: 'object', description: 'Params that differ: `split.validation: 0` trains on all there is.' },
        best_step: {
          type: 'object',
          additionalProperties: { type: 'string' },
          description:
            'Params that are the step at which a series of the trial, `STAGE.SERIES`, was at its best, counted from 1: as long as early stopping found to be right.',
        },
      },
    },
    slurm: {
      type: 'object',
      additionalProperties: false,
      description: 'For `--executor slurm`: what its workers ask for, over configs/slurm.yaml.',
      properties: slurmProperties,
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
export type ParameterFile = FromSchema<typeof parameterSchema>;
export type MetricFile = FromSchema<typeof metricSchema>;

/** A single metric is a list of one. */
export function metricFiles({ metric }: SweepFile): readonly MetricFile[] {
  return Array.isArray(metric) ? metric : [metric];
}
