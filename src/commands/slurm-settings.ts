/** What the jobs of a command ask Slurm for: by what their stages need, the site, the file, and the command line. */
import { UserError } from '../errors.ts';
import type { Stage } from '../pipeline/types.ts';
import { layered, type SlurmSettings, siteSettings } from '../slurm/options.ts';
import { slurmProperties } from '../slurm/options-schema.ts';

/** Options of the command line. */
export interface SlurmFlags {
  readonly executor?: 'local' | 'slurm';
  readonly partition?: string;
  readonly account?: string;
  readonly qos?: string;
  readonly constraint?: string;
  readonly gres?: string;
  readonly time?: string;
  readonly arrayCap?: number;
  /** Of a run: follow it to its end. */
  readonly wait?: boolean;
}

/** What a worker takes beside its stages: it keeps every trial of its study in memory. */
const ownBytes = 512 * 2 ** 20;

/** As much as the neediest of the stages asks for. */
export function neededBy(stages: Iterable<Pick<Stage, 'resources'>>): SlurmSettings {
  const all = [...stages].map(({ resources }) => resources);
  const most = (of: (resources: Stage['resources']) => number | undefined) =>
    Math.max(0, ...all.map((resources) => of(resources) ?? 0));
  const [cpus, memory, gpus] = [most((one) => one.cpus), most((one) => one.memoryBytes), most((one) => one.gpus)];
  return {
    ...(cpus > 1 ? { cpus } : {}),
    ...(memory > 0 ? { memory: `${Math.ceil((memory + ownBytes) / 2 ** 20)}MiB` } : {}),
    ...(gpus > 0 ? { gres: `gpu:${gpus}` } : {}),
  };
}

const timeForm = new RegExp(slurmProperties.time.pattern);

export async function workerSettings(
  root: string,
  needed: SlurmSettings,
  ofFile: SlurmSettings | undefined,
  flags: SlurmFlags,
): Promise<SlurmSettings> {
  const given = givenBy(flags);
  return layered(needed, await siteSettings(root), ofFile, given);
}

/** What the command line says. Throws {@link UserError} for what is no time. */
export function givenBy(flags: SlurmFlags): SlurmSettings {
  const { partition, account, qos, constraint, gres, time, arrayCap } = flags;
  if (time !== undefined && !timeForm.test(time))
    throw new UserError(`--time ${time} is no time`, 'such as 90m, 2h, 1-12:00:00');
  const asked = { partition, account, qos, constraint, gres, time, array_cap: arrayCap };
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
}

/** @param keys of what {@link givenBy} found, where the jobs are in the queue already */
export function unheardText(keys: readonly string[]): string {
  const flags = keys.map((key) => `--${key.replace('_', '-')}`);
  return `${flags.join(', ')}: said in vain, as jobs that were submitted before keep what they asked for; scancel them first`;
}

/** Options that only mean something to Slurm. */
export function checkFlags(options: SlurmFlags): void {
  if (options.executor === 'slurm') return;
  const names = ['wait', 'partition', 'account', 'qos', 'constraint', 'gres', 'time', 'arrayCap'] as const;
  const given = names.find((name) => options[name] !== undefined);
  if (given === undefined) return;
  const flag = given === 'arrayCap' ? 'array-cap' : given;
  throw new UserError(`--${flag} is for jobs of Slurm`, 'add --executor slurm');
}
