/** Worker processes of a study. They end with this one: each reads a pipe from it, and stops when it closes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';

export interface Workers {
  /** Resolves when all have ended; `crashed` counts those that did not end well and were not replaced. */
  readonly ended: Promise<{ readonly crashed: number }>;
  /** No further trials; those that run go on. */
  stopAsking(): void;
  /** Everything ends. */
  kill(): void;
}

export interface WorkersRequest {
  readonly count: number;
  /** Arguments of the same command, for one worker. */
  readonly args: readonly string[];
  /** Folder for what a worker prints: nothing, unless it crashes. */
  readonly logFolder: string;
  readonly onCrash: (log: string) => void;
}

export function startWorkers(request: WorkersRequest): Workers {
  const running = new Set<ChildProcess>();
  let replacements = request.count;
  let stopping = false;
  const keep = async (index: number): Promise<number> => {
    const log = join(request.logFolder, `worker-${index}.log`);
    const ok = await oneWorker(request.args, log, running);
    if (ok || stopping) return 0;
    request.onCrash(log);
    if (replacements-- <= 0) return 1;
    return keep(index);
  };
  const ended = Promise.all(Array.from({ length: request.count }, (_, index) => keep(index)));
  return {
    ended: ended.then((crashes) => ({ crashed: crashes.reduce((sum, crashed) => sum + crashed, 0) })),
    stopAsking: () => {
      stopping = true;
      for (const child of running) child.stdin?.write('stop\n');
    },
    kill: () => {
      stopping = true;
      for (const child of running) child.stdin?.end();
    },
  };
}

function oneWorker(args: readonly string[], log: string, running: Set<ChildProcess>): Promise<boolean> {
  const out = openSync(log, 'a');
  // A process group of its own: Ctrl-C at the terminal is for the parent to handle.
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1] ?? '', ...args], {
    stdio: ['pipe', out, out],
    detached: true,
  });
  closeSync(out);
  child.stdin?.on('error', () => undefined);
  running.add(child);
  return new Promise((resolve) => {
    child.on('error', () => resolve(false));
    child.on('close', (code) => {
      running.delete(child);
      resolve(code === 0);
    });
  });
}

/** In a worker: what the parent says through the pipe. */
export function parentSignals(): { readonly stopping: AbortSignal; readonly interrupted: AbortSignal; close(): void } {
  const stop = new AbortController();
  const interrupt = new AbortController();
  const end = () => {
    stop.abort();
    interrupt.abort();
  };
  process.stdin.on('data', () => stop.abort());
  process.stdin.on('end', end);
  process.stdin.on('error', end);
  process.on('SIGTERM', end);
  return { stopping: stop.signal, interrupted: interrupt.signal, close: () => process.stdin.destroy() };
}
