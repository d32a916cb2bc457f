/** What a sweep file may say of the search: a metric, a parameter, the sampler and the pruner. */

/** A whole number. */
export const count = (minimum: number, description: string) => ({ type: 'integer', minimum, description }) as const;
const number = (description: string) => ({ type: 'number', description }) as const;

const anyValue = {} as const;
export const values = { type: 'array', items: anyValue, minItems: 1 } as const;

export const metricSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'goal'],
  properties: {
    name: { type: 'string', description: '`STAGE.METRIC`, as tables show it. Never of held-out data.' },
    goal: { type: 'string', enum: ['maximize', 'minimize'], description: 'Which values are better.' },
  },
} as const;

export const parameterSchema = {
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

export const samplerSchema = {
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
} as const;

export const prunerSchema = {
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
} as const;
