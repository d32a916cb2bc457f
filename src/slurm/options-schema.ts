/** What may be said to Slurm: in configs/slurm.yaml for all of a project, in a sweep file for its workers. */
import type { FromSchema } from 'json-schema-to-ts';
import { resources } from '../pipeline/schema-parts.ts';

/** No line break, which would end what is said and begin something else. */
const word = { type: 'string', minLength: 1, pattern: '^[^\\n\\r\\0]+$' } as const;
const said = (description: string) => ({ ...word, description }) as const;
const count = (minimum: number, description: string) => ({ type: 'integer', minimum, description }) as const;

export const slurmProperties = {
  partition: said('Where its jobs wait; several may be named: `gpu,long`.'),
  account: said('What their time is charged to.'),
  qos: said('Their quality of service.'),
  constraint: said('Features that their nodes have: `avx2`, `a100|h100`.'),
  gres: said('What they need beside processors and memory: `gpu:1`.'),
  time: {
    type: 'string',
    // Ours, or Slurm's: minutes, minutes:seconds, hours:minutes:seconds, days-hours, days-hours:minutes, …
    pattern: '^([0-9]+(\\.[0-9]+)? ?(s|m|h|d)|([0-9]+-)?[0-9]+(:[0-9]+){0,2})$',
    description: 'Of one job: `90m`, `2h`, or in Slurm’s words `1-12:00:00`. Slurm counts whole minutes.',
  },
  memory: { ...resources.properties.memory, description: 'Of one job: `4GiB`.' },
  cpus: count(1, 'Processors of one job; 1 where not said.'),
  array_cap: count(1, 'So many jobs of an array run at a time; all where not said.'),
  signal_seconds: count(
    1,
    'So long before its time is up a job is told, to keep what it has and go back into the queue.',
  ),
  setup: { type: 'array', items: word, description: 'Shell lines before the work: `module load gcc`.' },
  options: {
    type: 'object',
    propertyNames: { pattern: '^[a-z][a-z0-9-]*$' },
    additionalProperties: { oneOf: [word, { type: 'number' }, { type: 'boolean' }] },
    description: 'Any long option of sbatch: `exclude: node7`; `true` for one without a value.',
  },
} as const;

export const slurmSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'configs/slurm.yaml of Retrial',
  type: 'object',
  additionalProperties: false,
  description: 'What Slurm is told of the jobs.',
  properties: slurmProperties,
} as const;

export type SlurmSettings = FromSchema<typeof slurmSchema>;
