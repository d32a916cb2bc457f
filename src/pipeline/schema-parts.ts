/** Parts of the schema of pipeline.yaml: names, texts, and what a stage declares of metrics, series and resources. */

export const name = { pattern: '^[A-Za-z0-9_-]+$' } as const;
export const text = { type: 'string' } as const;
export const texts = { type: 'array', items: text } as const;
const positive = '(?=.*[1-9])[0-9]+(\\.[0-9]+)? ?';
export const duration = `^${positive}(ms|s|m|h|d)$` as const;
const size = `^${positive}(B|KiB|MiB|GiB|TiB|kB|MB|GB|TB)$` as const;

export const path = {
  type: 'string',
  minLength: 1,
  description: 'A path below the stage’s own output folder; a trailing slash declares a folder.',
} as const;

const goal = {
  type: 'string',
  enum: ['maximize', 'minimize'],
  description: 'Whether more is better, or less.',
} as const;

export const metricsEntry = {
  description: 'The path of the file, or the path and what is known of the metrics in it.',
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
          description: 'maximize or minimize: for all, or by metric name; in a name `*` stands for any text.',
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

export const series = {
  type: 'object',
  additionalProperties: false,
  properties: {
    desc: { ...text, description: 'What it means.' },
    goal,
    summary: {
      type: 'string',
      enum: ['last', 'best'],
      description: 'The value that stands for it in tables: its last (the default), or its best, with the step.',
    },
    reference: {
      type: 'object',
      additionalProperties: false,
      required: ['value', 'label'],
      description: 'A horizontal line to draw.',
      properties: {
        value: { type: 'number', description: 'Where it is.' },
        label: { ...text, description: 'What it means.' },
      },
    },
  },
} as const;

export const resources = {
  type: 'object',
  additionalProperties: false,
  description: 'What it needs while it runs.',
  properties: {
    cpus: { type: 'integer', minimum: 1, description: 'Threads it may use, 1 where not said; in its key.' },
    memory: { ...text, pattern: size, description: 'Such as 2GiB or 500MB.' },
    time: { ...text, pattern: duration, description: 'How long it takes at the most, for a scheduler; such as 30m.' },
    gpus: { type: 'integer', minimum: 0, description: 'How many; it is told which by CUDA_VISIBLE_DEVICES.' },
    mutex: {
      description: 'A name, or several: of all stages that name it only one runs at a time.',
      oneOf: [{ type: 'string', minLength: 1 }, texts],
    },
  },
} as const;
