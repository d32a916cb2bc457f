/** Whether memory ended a job, and how much it had. */
import { fileEnd } from '../store/file-end.ts';
import type { SlurmJob } from './job-state.ts';

/** What slurmstepd prints into the output of a job: where it watches itself, and where the kernel does. */
const toldBySlurm = /exceeded (?:job |step )?memory limit|oom-kill event/i;

const killed = 9;

/**
 * Where limits are cgroups the state says so. Where Slurm itself looks now and then how much is used (`OverMemoryKill`) the job
 * has FAILED by SIGKILL, and only what it printed tells why.
 *
 * @param printed what its batch script printed, with what Slurm did; asked for only where it matters
 */
export function ranOutOfMemory({ state, signal }: SlurmJob, printed?: () => string): boolean {
  if (state === 'OUT_OF_MEMORY') return true;
  return state === 'FAILED' && signal === killed && printed !== undefined && toldBySlurm.test(printed());
}

/** What a job printed last into a file, where Slurm adds its own; nothing where it is not there. */
export function printedInto(file: string): string {
  return fileEnd(file) ?? '';
}

/** `mem=352M` of what a job was given → `352 MiB`. */
export function memoryIn(resources: string): Pick<SlurmJob, 'memory'> {
  const [, amount, unit = 'M'] = resources.match(/(?:^|,)mem=([\d.]+)([KMGTP])?/) ?? [];
  return amount === undefined || Number(amount) === 0 ? {} : { memory: `${amount} ${unit}iB` };
}
