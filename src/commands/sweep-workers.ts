/** The worker processes of a sweep: this process follows them and ends them; each of them works on the study. */
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { exitCode } from '../errors.ts';
import { capacityHere } from '../execute/capacity.ts';
import { ledger } from '../execute/ledger.ts';
import { liveLines } from '../logging/live-lines.ts';
import type { Layout } from '../store/layout.ts';
import type { SweepSpec } from '../sweep/spec.ts';
import { work } from '../sweep/work.ts';
import { parentSignals, startWorkers, type Workers } from '../sweep/workers.ts';
import { followStudy } from './follow-study.ts';
import type { SweepCommandOptions } from './sweep.ts';

/** In a worker: works until nothing is left, or the parent says so. @returns the exit code */
export async function runWorker(spec: SweepSpec, layout: Layout, jobs: number | undefined): Promise<number> {
  const signals = parentSignals();
  const slots = ledger(layout, capacityHere(jobs));
  const { stopping, interrupted } = signals;
  try {
    await work({ spec, layout, slots, stopping, signal: interrupted, sink: signals.tell });
    return exitCode.ok;
  } finally {
    signals.close(); // an open pipe would keep a worker that came to grief alive, and its trial claimed
  }
}

interface Ended {
  /** The exit code where it was interrupted. */
  readonly interrupted?: number;
  /** The time of its budget was up. */
  readonly outOfTime?: boolean;
}

/** Starts `count` workers of the same command and waits until all have ended. */
export async function runWorkers(
  file: string,
  options: SweepCommandOptions,
  spec: SweepSpec,
  layout: Layout,
  count: number,
): Promise<Ended> {
  const { folder } = layout.study(spec.name);
  mkdirSync(folder, { recursive: true });
  const screen = liveLines(process.stderr, process.stderr.isTTY === true);
  const follower = followStudy(spec, layout, screen);
  const workers = startWorkers({
    count,
    args: workerArguments(file, options, count),
    logFolder: folder,
    onCrash: (log) => screen.print([`a worker ended unexpectedly; see ${log}`]),
    onEvent: follower.event,
  });
  const interrupt = stopOnInterrupt(workers, (text) => screen.print([text]));
  const clock = stopInTime(spec, workers, (text) => screen.print([text]));
  const { crashed } = await workers.ended;
  clock.stop();
  await follower.stop();
  interrupt.stop();
  screen.draw([]);
  if (crashed > 0) process.stderr.write(`${crashed} workers crashed; run the same command again to go on\n`);
  const code = interrupt.exitCode();
  return { ...(code === undefined ? {} : { interrupted: code }), outOfTime: clock.isUp() };
}

/** Arguments of the same command, for one worker of so many. */
export function workerArguments(file: string, options: SweepCommandOptions, count: number): string[] {
  const directory = options.directory === undefined ? [] : ['-C', options.directory];
  const name = options.name === undefined ? [] : ['--name', options.name];
  const trials = options.trials === undefined ? [] : ['--trials', String(options.trials)];
  const overrides = options.overrides ?? [];
  const jobs = options.jobs === undefined ? [] : ['--jobs', String(options.jobs)];
  return [
    ...directory,
    'sweep',
    resolve(file),
    ...overrides,
    '--worker',
    '--workers',
    String(count),
    ...name,
    ...trials,
    ...jobs,
  ];
}

/** When the time of the budget is up no further trial begins; those that run are finished. */
function stopInTime(spec: SweepSpec, workers: Workers, say: (text: string) => void) {
  const { timeMs } = spec.budget;
  let up = false;
  const end = () => {
    up = true;
    say('the time of the budget is up: no further trials; those that run are finished first.');
    workers.stopAsking();
  };
  const timer = timeMs === undefined ? undefined : setTimeout(end, Math.min(timeMs, 2 ** 31 - 1));
  return { isUp: () => up, stop: () => clearTimeout(timer) };
}

function stopOnInterrupt(
  workers: Workers,
  say: (text: string) => void,
): { exitCode(): number | undefined; stop(): void } {
  let code: number | undefined;
  const handle = (signal: NodeJS.Signals) => {
    const again = code !== undefined;
    code = signal === 'SIGINT' ? exitCode.interrupted : exitCode.terminated;
    if (again || signal !== 'SIGINT') workers.kill();
    else {
      say(
        'no further trials; those that run are finished first (again to end them too). The same command goes on later.',
      );
      workers.stopAsking();
    }
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, handle);
  return {
    exitCode: () => code,
    stop: () => {
      for (const signal of signals) process.off(signal, handle);
    },
  };
}
