/** Runs jobs as process groups on this machine. */
import { type ChildProcess, spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { isSystemError } from '../store/files.ts';
import { currentProcess } from '../store/process-identity.ts';
import type { Executor, Exit, Job } from './executor.ts';
import { endGroup } from './process-group.ts';
import { endStragglers } from './stragglers.ts';
import { startWatcher, type Watcher } from './watcher.ts';

/** How long a stage that was asked to stop may take. */
const graceMs = Number(process.env.RETRIAL_GRACE_MS) || 5_000;

const cancelled: Exit = { ok: false, failure: { kind: 'cancelled' } };

export function localExecutor(): Executor {
  let watcher: Watcher | undefined;
  return {
    run: (job, signal) => {
      watcher ??= startWatcher(graceMs);
      return runJob(job, watcher, signal);
    },
    close: () => watcher?.close(),
  };
}

async function runJob(job: Job, watcher: Watcher, signal: AbortSignal | undefined): Promise<Exit> {
  if (signal?.aborted) return cancelled;
  const log = await open(job.logFile, 'a');
  try {
    if (signal?.aborted) return cancelled; // while the file was opened: nobody tells it again
    const child = start(job, log.fd);
    if ('ok' in child) return child;
    if (child.pid === undefined) return await spawnFailure(child);
    watcher.watch(child.pid, job.mark);
    const exit = await unlessTold(await ended(child, child.pid, job, signal), signal);
    await endGroup(child.pid, graceMs); // what the command left behind in the background ends with it
    await endStragglers(job.mark, child.pid, graceMs);
    watcher.unwatch(child.pid, job.mark);
    return exit;
  } finally {
    await log.close();
  }
}

/** How long after its stages a process may hear that all of its job are to end. */
const tellingMs = 300;

/** Slurm tells every process of a job to end: a stage that did so at once has not failed. */
async function unlessTold(exit: Exit, signal: AbortSignal | undefined): Promise<Exit> {
  if (exit.ok || signal === undefined || currentProcess().slurm === undefined) return exit;
  if (!signal.aborted) await sleep(tellingMs);
  return signal.aborted ? cancelled : exit;
}

/** The file is written by the stage itself, so that nothing is lost when the engine dies. */
function start({ command, cwd, env }: Job, logFd: number): ChildProcess | Exit {
  const [program, ...args] = command.kind === 'shell' ? ['/bin/sh', '-c', command.line] : command.args;
  try {
    return spawn(program ?? '', args, { cwd, env, detached: true, stdio: ['ignore', logFd, logFd] });
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return notSpawned(error); // thrown rather than told: a command line that is too long
  }
}

function spawnFailure(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(notSpawned(error)));
  });
}

function notSpawned({ message }: Error): Exit {
  return { ok: false, failure: { kind: 'spawn', message } };
}

function ended(child: ChildProcess, group: number, job: Job, signal: AbortSignal | undefined): Promise<Exit> {
  return new Promise((resolve) => {
    let stopped: Exit | undefined;
    const stop = (exit: Exit) => {
      stopped ??= exit;
      void endGroup(group, graceMs);
    };
    const onAbort = () => stop(cancelled);
    signal?.addEventListener('abort', onAbort, { once: true });
    const { timeoutMs } = job;
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => stop({ ok: false, failure: { kind: 'timeout', limitMs: timeoutMs } }), timeoutMs);
    child.once('exit', (code, by) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      resolve(stopped ?? exitOf(code, by));
    });
  });
}

function exitOf(code: number | null, signal: NodeJS.Signals | null): Exit {
  if (code === 0) return { ok: true };
  if (code !== null) return { ok: false, failure: { kind: 'exit', code } };
  return { ok: false, failure: { kind: 'signal', signal: signal ?? 'unknown' } };
}
