/** Who a process is, and whether it still lives: the ground on which claims and dead runs are judged. */
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { ProcessIdentity, SlurmPlace } from '../events.ts';

let known: ProcessIdentity | undefined;

/** This process. */
export function currentProcess(): ProcessIdentity {
  known ??= {
    host: hostname(),
    bootId: bootId(),
    pidNamespace: pidNamespace(),
    pid: process.pid,
    pidStart: startTicks(process.pid) ?? '',
    ...inSlurm(process.env),
  };
  return known;
}

/**
 * Whether the process still runs. `unknown` where this process cannot judge: another host or pid namespace, or a
 * system that does not tell (no /proc), other than that the pid is gone. A job of Slurm that was requeued has ended what
 * it was before, as far as it can.
 */
export function isAlive(identity: ProcessIdentity): boolean | 'unknown' {
  const here = currentProcess();
  if (identity.slurm !== undefined && here.slurm !== undefined && isSameJob(identity.slurm, here.slurm))
    if (identity.slurm.restarts < here.slurm.restarts) return false;
  if (identity.host !== here.host) return 'unknown';
  if (identity.bootId !== here.bootId) return identity.bootId === '' || here.bootId === '' ? 'unknown' : false;
  if (identity.pidNamespace !== here.pidNamespace) return 'unknown';
  if (!pidExists(identity.pid)) return false;
  const start = startTicks(identity.pid);
  if (start === undefined || identity.pidStart === '') return 'unknown';
  return start === identity.pidStart;
}

/** Whether it lives and does nothing, as a signal stopped it. False where that cannot be judged from here. */
export function isStopped(identity: ProcessIdentity): boolean {
  if (isAlive(identity) !== true) return false;
  const stat = readText(`/proc/${identity.pid}/stat`);
  return /^[Tt]/.test(stat.slice(stat.lastIndexOf(')') + 2));
}

/** Of an array the task by its number in it, as that stays when it is requeued. */
export function inSlurm(env: Readonly<Record<string, string | undefined>>): { readonly slurm?: SlurmPlace } {
  const { SLURM_JOB_ID: job, SLURM_ARRAY_JOB_ID: array, SLURM_ARRAY_TASK_ID: task } = env;
  if (!job) return {};
  const id = array && task ? `${array}_${task}` : job;
  const cluster = env.SLURM_CLUSTER_NAME ? { cluster: env.SLURM_CLUSTER_NAME } : {};
  return { slurm: { job: id, restarts: Number(env.SLURM_RESTART_COUNT) || 0, ...cluster } };
}

function isSameJob(a: SlurmPlace, b: SlurmPlace): boolean {
  return a.job === b.job && (a.cluster ?? b.cluster) === (b.cluster ?? a.cluster);
}

function pidExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function bootId(): string {
  return readText('/proc/sys/kernel/random/boot_id');
}

function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

/** Field 22 of its stat. `ended` for a zombie, which only waits to be reaped; undefined where nothing is told of it. */
function startTicks(pid: number): string | undefined {
  const fields = processStat(pid);
  return fields[0] === 'Z' ? 'ended' : fields[19];
}

/**
 * /proc/<pid>/stat from its third field on: state, parent, process group, …; counted behind the last `)`, as the
 * command name may hold anything. None where there is no such process, or no /proc.
 */
export function processStat(pid: number): string[] {
  const stat = readText(`/proc/${pid}/stat`);
  return stat === '' ? [] : stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}
