/** Worker processes of a study. They end with this one: each reads a pipe from it, and stops when it closes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { RetrialEvent, Sink } from '../events.ts';

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
  /** What a worker says of the stages it runs. */
  readonly onEvent: (event: RetrialEvent) => void;
}

export function startWorkers(request: WorkersRequest): Workers {
  const running = new Set<ChildProcess>();
  let replacements = request.count;
  let stopping = false;
  const keep = async (index: number): Promise<number> => {
    const log = join(request.logFolder, `worker-${index}.log`);
    const ok = await oneWorker(request, log, running);
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

function oneWorker({ args, onEvent }: WorkersRequest, log: string, running: Set<ChildProcess>): Promise<boolean> {
  const out = openSync(log, 'a');
  // A process group of its own: Ctrl-C at the terminal is for the parent to handle.
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1] ?? '', ...args], {
    stdio: ['pipe', out, out, 'ipc'],
    detached: true,
  });
  closeSync(out);
  child.stdin?.on('error', () => undefined);
  child.on('message', (event) => onEvent(event as RetrialEvent));
  running.add(child);
  return new Promise((resolve) => {
    child.on('error', () => resolve(false));
    child.on('close', (code) => {
      running.delete(child);
      resolve(code === 0);
    });
  });
}

export interface ParentSignals {
  readonly stopping: AbortSignal;
  readonly interrupted: AbortSignal;
  /** Tells the parent what happens; it may be gone. */
  readonly tell: Sink;
  close(): void;
}

/** In a worker: what the parent says through the pipe. */
export function parentSignals(): ParentSignals {
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
  return {
    stopping: stop.signal,
    interrupted: interrupt.signal,
    tell: (event) => {
      if (process.connected && isShown(event)) process.send?.(event, undefined, undefined, () => undefined);
    },
    close: () => {
      process.stdin.destroy();
      if (process.connected) process.disconnect();
    },
  };
}

const shown: ReadonlySet<RetrialEvent['type']> = new Set([
  'run-started',
  'run-finished',
  'stage-started',
  'stage-finished',
  'stage-point',
]);

function isShown({ type }: RetrialEvent): boolean {
  return shown.has(type);
}
