/** Why a stage has no word of its own, from what Slurm says of its job. */
import type { Failure, JobEnd } from '../errors.ts';
import { phaseOf, type SlurmJob } from './job-state.ts';
import { ranOutOfMemory } from './out-of-memory.ts';
import { notSetUp } from './script.ts';

type JobFailure = Extract<Failure, { kind: 'job' }>;

/**
 * @param job undefined where Slurm knows nothing of it (any more)
 * @param printed what it printed, see {@link ranOutOfMemory}
 */
export function jobFailure(id: string, job: SlurmJob | undefined, printed?: () => string): JobFailure {
  if (job === undefined || phaseOf(job) !== 'ended') return { kind: 'job', how: 'gone', job: id };
  if (ranOutOfMemory(job, printed)) return outOfMemory(id, job);
  const said = saidOf(job);
  return { kind: 'job', how: howEnded(job), job: id, ...(said === '' ? {} : { said }) };
}

function outOfMemory(id: string, { memory }: SlurmJob): JobFailure {
  return { kind: 'job', how: 'out-of-memory', job: id, ...(memory === undefined ? {} : { said: `it had ${memory}` }) };
}

/** Of a shell whose command was killed. */
const killedBelow = 128 + 9;

/** Whether it is known better than by what its stage said: that, or what it had begun, was killed for the memory of all of the job. */
export function knowsBetter(failure: Failure | undefined, job: SlurmJob | undefined): boolean {
  if (job?.state !== 'OUT_OF_MEMORY') return false;
  return failure?.kind === 'exit'
    ? failure.code === killedBelow
    : failure?.kind === 'signal' && failure.signal === 'SIGKILL';
}

function howEnded({ state, reason, exitCode, signal }: SlurmJob): JobEnd {
  switch (state) {
    case 'CANCELLED':
    case 'REVOKED':
      return 'cancelled';
    case 'TIMEOUT':
    case 'DEADLINE':
      return 'time-limit';
    case 'NODE_FAIL':
    case 'BOOT_FAIL':
      return 'node-failed';
    case 'PREEMPTED':
      return 'preempted';
    default:
      if (signal !== undefined) return 'ended'; // of a batch script that was killed Slurm says JobLaunchFailure, too
      return exitCode === notSetUp || /launch|prolog|InvalidWorkDir/i.test(reason) ? 'not-started' : 'ended';
  }
}

function saidOf({ state, reason, exitCode, signal }: SlurmJob): string {
  if (state === 'PREEMPTED') return ''; // how it ended is what it was told to do
  const exit = exitCode === undefined || exitCode === 0 ? [] : [`exit code ${exitCode}`];
  const by = signal === undefined ? [] : [`signal ${signal}`];
  const words = reason === '' || reason === 'NonZeroExitCode' || signal !== undefined ? [] : [reason];
  return [...words, ...exit, ...by].join(', ');
}
