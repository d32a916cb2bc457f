/** Why a stage has no word of its own, from what Slurm says of its job. */
import type { Failure, JobEnd } from '../errors.ts';
import { phaseOf, type SlurmJob } from './job-state.ts';
import { notSetUp } from './script.ts';

type JobFailure = Extract<Failure, { kind: 'job' }>;

/** @param job undefined where Slurm knows nothing of it (any more) */
export function jobFailure(id: string, job: SlurmJob | undefined): JobFailure {
  if (job === undefined || phaseOf(job) !== 'ended') return { kind: 'job', how: 'gone', job: id };
  const said = saidOf(job);
  return { kind: 'job', how: howEnded(job), job: id, ...(said === '' ? {} : { said }) };
}

/** Whether it is known better than by what its stage said: that was killed for the memory of all of the job. */
export function knowsBetter(failure: Failure | undefined, job: SlurmJob | undefined): boolean {
  return failure?.kind === 'signal' && failure.signal === 'SIGKILL' && job?.state === 'OUT_OF_MEMORY';
}

function howEnded({ state, reason, exitCode }: SlurmJob): JobEnd {
  switch (state) {
    case 'CANCELLED':
    case 'REVOKED':
      return 'cancelled';
    case 'TIMEOUT':
    case 'DEADLINE':
      return 'time-limit';
    case 'OUT_OF_MEMORY':
      return 'out-of-memory';
    case 'NODE_FAIL':
    case 'BOOT_FAIL':
      return 'node-failed';
    case 'PREEMPTED':
      return 'preempted';
    default:
      return exitCode === notSetUp || /launch|prolog|InvalidWorkDir|IO/i.test(reason) ? 'not-started' : 'ended';
  }
}

function saidOf({ reason, exitCode, signal }: SlurmJob): string {
  const exit = exitCode === undefined || exitCode === 0 ? [] : [`exit code ${exitCode}`];
  const by = signal === undefined ? [] : [`signal ${signal}`];
  const words = reason === '' || reason === 'NonZeroExitCode' ? [] : [reason];
  return [...words, ...exit, ...by].join(', ');
}
