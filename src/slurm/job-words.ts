/** What became of a job, and what it waits for, in words. */
import { phaseOf, type SlurmJob } from './job-state.ts';
import { ranOutOfMemory } from './out-of-memory.ts';

const endings: Readonly<Record<string, string>> = {
  COMPLETED: 'ended',
  CANCELLED: 'was cancelled',
  FAILED: 'failed',
  TIMEOUT: 'ran out of time',
  NODE_FAIL: 'lost its node',
  PREEMPTED: 'was preempted',
  BOOT_FAIL: 'had a node that did not boot',
  DEADLINE: 'ran past its deadline',
  OUT_OF_MEMORY: 'ran out of memory',
  REVOKED: 'was taken by another cluster',
};

/**
 * How it ended: `was cancelled`, `failed with exit code 3`.
 *
 * @param printed what it printed, see {@link ranOutOfMemory}
 */
export function endingOf(job: SlurmJob, printed?: (id: string) => string): string {
  const { id, state, reason, exitCode, signal } = job;
  if (ranOutOfMemory(job, printed && (() => printed(id)))) return endings.OUT_OF_MEMORY ?? '';
  const words = endings[state] ?? `ended as ${state}`;
  if (state !== 'FAILED') return words;
  if (reason === 'JobLaunchFailure' && signal === undefined) return 'could not be launched on its node';
  if (signal !== undefined) return `${words} by signal ${signal}`;
  return exitCode ? `${words} with exit code ${exitCode}` : words;
}

/** Reasons for which a job waits until somebody does something; Slurm's words → what that is. */
const stuck: Readonly<Record<string, string>> = {
  BadConstraints: 'no node has what it asks for',
  PartitionNodeLimit: 'the partition has no such nodes, or allows no such number',
  PartitionTimeLimit: 'it asks for more time than the partition allows',
  PartitionDown: 'the partition is down',
  PartitionInactive: 'the partition is not in use',
  DependencyNeverSatisfied: 'what it waits for will not come',
  InvalidAccount: 'the account is not known',
  InvalidQOS: 'the QOS is not known',
  AccountNotAllowed: 'the account may not use the partition',
  QOSNotAllowed: 'the QOS may not be used with the partition',
  NodeDown: 'a node it needs is down',
  JobHeldUser: 'it is held: scontrol release',
  JobHeldAdmin: 'an administrator holds it',
  'launch failed requeued held': 'it could not be launched and is held: scontrol release',
  JobLaunchFailure: 'it could not be launched',
  PartitionConfig: 'the partition does not allow what it asks for',
};

/** Why it waits and will do so for ever if nobody acts; undefined where it only waits for its turn. */
export function stuckBecause(job: SlurmJob): string | undefined {
  if (phaseOf(job) !== 'waiting') return undefined;
  const known = stuck[job.reason];
  if (known !== undefined) return known;
  // QOSMaxCpuPerJobLimit, AssocMaxWallDurationPerJobLimit, …: what one job asks for is beyond what one job may have.
  if (/PerJobLimit$|MaxWallDurationPerJob/.test(job.reason)) return 'it asks for more than one job may have';
  return job.reason.startsWith('ReqNodeNotAvail') ? 'a node it names is not available' : undefined;
}
