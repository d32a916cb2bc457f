/** `retrial sweep FILE`: trials in parallel worker processes, then the leaderboard. Run again, it goes on. */
import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { exitCode, UserError } from '../errors.ts';
import { printDiagnostics } from '../logging/diagnostics.ts';
import { liveLines } from '../logging/live-lines.ts';
import { stdoutStyle } from '../logging/stdout.ts';
import { findPipeline } from '../pipeline/find-pipeline.ts';
import { type Layout, layoutOf } from '../store/layout.ts';
import { beginStudy } from '../sweep/begin-study.ts';
import { type Leaderboard, leaderboard } from '../sweep/leaderboard.ts';
import { readSweep, type SweepSpec } from '../sweep/spec.ts';
import { type StudyState, studyReader } from '../sweep/study.ts';
import { leaderboardText, sweepJson, trialLine } from '../sweep/sweep-text.ts';
import { work } from '../sweep/work.ts';
import { parentSignals, startWorkers, type Workers } from '../sweep/workers.ts';
import type { ProjectOptions } from './project.ts';

export interface SweepCommandOptions extends ProjectOptions {
  readonly workers?: number;
  readonly trials?: number;
  readonly json?: boolean;
  /** This process is a worker of another one. */
  readonly worker?: boolean;
}

export async function sweep(file: string, options: SweepCommandOptions): Promise<number> {
  const pipelineFile = findPipeline(options.directory ?? process.cwd());
  const spec = await readSweep(file, {
    pipelineFile,
    ...(options.trials === undefined ? {} : { trials: options.trials }),
  });
  const layout = layoutOf(join(spec.pipeline.root, 'runs'));
  const workers = Math.min(options.workers ?? availableParallelism(), spec.trials);
  if (options.worker === true) return runWorker(spec, layout, workers);
  const finished = await beginStudy(spec, layout);
  process.stderr.write(
    `study ${spec.name}: ${spec.trials} trials${finished > 0 ? `, ${finished} finished before` : ''}, ${workers} workers\n`,
  );
  const interrupted = finished < spec.trials ? await runWorkers(file, options, spec, layout, workers) : undefined;
  const state = await studyReader(layout.study(spec.name).journals).read();
  const board = leaderboard(spec, state);
  await ingest(layout);
  print(spec, board, options.json === true);
  if (interrupted !== undefined) return interrupted;
  return board.ranked.length > 0 && (board.states.waiting ?? 0) === 0 ? exitCode.ok : exitCode.stageFailed;
}

/** Results become rows. Where they cannot (SQLite is not there) they are told all the same: the journals have them. */
async function ingest(layout: Layout): Promise<void> {
  const { withIndex } = await import('../record/open-index.ts');
  try {
    await withIndex(layout, async () => undefined);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    printDiagnostics(error.diagnostics.map((diagnostic) => ({ ...diagnostic, severity: 'warning' })));
  }
}

async function runWorker(spec: SweepSpec, layout: Layout, workers: number): Promise<number> {
  const signals = parentSignals();
  const jobs = Math.max(1, Math.floor(availableParallelism() / workers));
  const { stopping, interrupted } = signals;
  try {
    await work({ spec, layout, jobs, stopping, interrupted, sink: () => undefined });
    return exitCode.ok;
  } finally {
    signals.close(); // an open pipe would keep a worker that came to grief alive, and its trial claimed
  }
}

/** @returns an exit code where it was interrupted */
async function runWorkers(
  file: string,
  options: SweepCommandOptions,
  spec: SweepSpec,
  layout: Layout,
  count: number,
): Promise<number | undefined> {
  const { folder } = layout.study(spec.name);
  mkdirSync(folder, { recursive: true });
  const screen = liveLines(process.stderr, process.stderr.isTTY === true);
  const workers = startWorkers({
    count,
    args: workerArguments(file, options, count),
    logFolder: folder,
    onCrash: (log) => screen.print([`a worker ended unexpectedly; see ${log}`]),
  });
  const interrupt = stopOnInterrupt(workers, (text) => screen.print([text]));
  const follower = follow(spec, layout, screen);
  const { crashed } = await workers.ended;
  await follower.stop();
  interrupt.stop();
  screen.draw([]);
  if (crashed > 0) process.stderr.write(`${crashed} workers crashed; run the same command again to go on\n`);
  return interrupt.exitCode();
}

function workerArguments(file: string, options: SweepCommandOptions, count: number): string[] {
  const directory = options.directory === undefined ? [] : ['-C', options.directory];
  const trials = options.trials === undefined ? [] : ['--trials', String(options.trials)];
  return [...directory, 'sweep', resolve(file), '--worker', '--workers', String(count), ...trials];
}

/** Prints each trial when it has been told, and on a terminal how far the study is. */
function follow(spec: SweepSpec, layout: Layout, screen: ReturnType<typeof liveLines>): { stop(): Promise<void> } {
  const reader = studyReader(layout.study(spec.name).journals);
  const shown = new Set<number>();
  const startedMs = performance.now();
  let first = true;
  const look = async () => {
    const state = await reader.read();
    for (const trial of state.trials.values()) {
      if (trial.told === undefined || shown.has(trial.number)) continue;
      shown.add(trial.number);
      if (!first) screen.print([trialLine(spec, trial)]);
    }
    first = false;
    screen.draw([progressLine(spec, state, performance.now() - startedMs)]);
  };
  let looking = look();
  const timer = setInterval(() => {
    looking = looking.then(look);
  }, 250);
  return {
    stop: async () => {
      clearInterval(timer);
      await looking.then(look);
    },
  };
}

function progressLine(spec: SweepSpec, state: StudyState, elapsedMs: number): string {
  const board: Leaderboard = leaderboard(spec, state);
  const [best] = board.ranked;
  const done = board.ranked.length + board.failed.length;
  const parts = [`${done} of ${spec.trials} trials`, `${Math.round(elapsedMs / 1000)} s`];
  if (board.failed.length > 0) parts.push(`${board.failed.length} failed`);
  if (best !== undefined) parts.push(`best ${best.value.toPrecision(4)} (trial ${best.number})`);
  return parts.join(' · ');
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

function print(spec: SweepSpec, board: Leaderboard, json: boolean): void {
  if (json) process.stdout.write(`${JSON.stringify(sweepJson(board), undefined, 2)}\n`);
  else process.stdout.write(`${leaderboardText(spec, board, stdoutStyle().width)}\n`);
}
