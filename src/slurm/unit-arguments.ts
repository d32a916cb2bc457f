/** A unit of a submission as options of sbatch: what it asks for, what it waits for, and what it is called. */
import { layered, type SlurmSettings, sbatchArguments } from './options.ts';
import { logPattern } from './script.ts';
import { closing, type JobUnit, jobName, type Submission, type WaitsFor } from './submissions.ts';
import { signalSecondsOf } from './time-limit.ts';

/** What a job that runs one stage takes beside it. */
const ownBytes = 256 * 2 ** 20;

/** What is said of all jobs: by the site, below what a stage asks for, and on the command line, above it. */
export interface Wishes {
  readonly site: SlurmSettings;
  readonly flags: SlurmSettings;
}

export function settingsOf({ resources }: Pick<JobUnit, 'resources'>, { site, flags }: Wishes): SlurmSettings {
  const { cpus, memoryBytes, timeMs, gpus } = resources;
  const own: SlurmSettings = {
    ...(cpus > 1 ? { cpus } : {}), // one is what a stage has that does not say
    ...(memoryBytes === undefined ? {} : { memory: `${Math.ceil((memoryBytes + ownBytes) / 2 ** 20)}MiB` }),
    ...(timeMs === undefined ? {} : { time: `${Math.ceil(timeMs / 1000)}s` }),
    ...(gpus === undefined || site.gres !== undefined ? {} : { gres: `gpu:${gpus}` }),
  };
  return layered(site, own, flags);
}

/** Of the job that seals the attempt: it reads and writes small files, when all others have ended. */
function closingSettings({ site, flags }: Wishes): SlurmSettings {
  const { gres: _, array_cap: __, options = {}, ...rest } = layered(site, flags);
  const { hold: ___, begin: ____, ...kept } = options;
  return { ...rest, options: kept, cpus: 1, memory: '512MiB', time: '10m' };
}

/** What is asked of a queue alone, without any job's name: what it refuses of that it refuses of the job. */
export function askedOf(unit: JobUnit, wishes: Wishes): string[] {
  return sbatchArguments(unit.name === closing ? closingSettings(wishes) : settingsOf(unit, wishes));
}

export interface Placed {
  readonly wishes: Wishes;
  /** The folder for the batch script's own words. */
  readonly folder: string;
  /** `afterok:12:13_0`, …; none where it waits for nothing. */
  readonly dependencies: readonly string[];
}

export function unitArguments(
  submission: Pick<Submission, 'id' | 'nonce'>,
  unit: JobUnit,
  { wishes, folder, dependencies }: Placed,
): string[] {
  const isArray = unit.stages.length > 1;
  const { array_cap: most } = settingsOf(unit, wishes);
  const cap = most === undefined ? '' : `%${most}`;
  return [
    '--requeue', // before what the site says, which may be --no-requeue
    ...askedOf(unit, wishes),
    `--job-name=${jobName(submission, unit.name)}`,
    `--output=${logPattern(folder, isArray ? `${escaped(unit.name)}-%a.out` : `${escaped(unit.name)}.out`)}`,
    '--open-mode=append',
    ...(unit.name === closing ? [] : [`--signal=B:USR1@${secondsAhead(unit, wishes)}`]),
    ...(isArray ? [`--array=0-${unit.stages.length - 1}${cap}`] : []),
    ...(dependencies.length === 0 ? [] : [`--dependency=${dependencies.join()}`, '--kill-on-invalid-dep=yes']),
  ];
}

const escaped = (name: string) => name.replaceAll('%', '%%');

/** So long before its limit a job is told; Slurm may do so up to a minute earlier. */
export function secondsAhead(unit: Pick<JobUnit, 'resources'>, wishes: Wishes): number {
  return signalSecondsOf(settingsOf(unit, wishes));
}

/** @param jobs ids of units before that were submitted; of one that has ended Slurm knows how, or takes it for well */
export function dependenciesOn(after: readonly WaitsFor[], jobs: ReadonlyMap<string, string>): string[] {
  const well: string[] = [];
  const each: string[] = [];
  for (const { unit, tasks, each: byTask } of after) {
    const job = jobs.get(unit);
    if (job === undefined) continue;
    if (byTask) each.push(job);
    else if (tasks === undefined) well.push(job);
    else well.push(...tasks.map((task) => `${job}_${task}`));
  }
  return [
    ...(well.length === 0 ? [] : [`afterok:${well.join(':')}`]),
    ...(each.length === 0 ? [] : [`aftercorr:${each.join(':')}`]),
  ];
}
