/** `retrial sweep FILE`: trials in parallel worker processes, then what they found. Run again, it goes on. */
import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { exitCode, UserError } from '../errors.ts';
import { capacityHere, checkGpus } from '../execute/capacity.ts';
import { ledger } from '../execute/ledger.ts';
import { printDiagnostics, printWarnings } from '../logging/diagnostics.ts';
import { liveLines } from '../logging/live-lines.ts';
import { stdoutStyle } from '../logging/stdout.ts';
import { findPipeline } from '../pipeline/find-pipeline.ts';
import { type Layout, layoutOf } from '../store/layout.ts';
import { beginStudy } from '../sweep/begin-study.ts';
import { findings } from '../sweep/findings.ts';
import { originOf } from '../sweep/given.ts';
import { hasRunsDue, isOver } from '../sweep/is-over.ts';
import { type Leaderboard, leaderboard } from '../sweep/leaderboard.ts';
import { readSweep } from '../sweep/read-sweep.ts';
import type { SweepSpec } from '../sweep/spec.ts';
import { type StudyState, studyReader } from '../sweep/study-state.ts';
import { leaderboardText, sweepJson } from '../sweep/sweep-text.ts';
import { work } from '../sweep/work.ts';
import { parentSignals, startWorkers, type Workers } from '../sweep/workers.ts';
import { followStudy } from './follow-study.ts';
import type { ProjectOptions } from './project.ts';
import { replaySweep } from './replay.ts';

export interface SweepCommandOptions extends ProjectOptions {
  readonly workers?: number;
  /** Of the study, instead of the file's. */
  readonly name?: string;
  readonly trials?: number;
  /** Parameters on the command line: `model.lr=0.1,0.01`. */
  readonly overrides?: readonly string[];
  /** Processors that the trials of this machine may use together; as many as it has where absent. */
  readonly jobs?: number;
  readonly retryFailed?: boolean;
  readonly rerun?: boolean;
  readonly mix?: boolean;
  /** Derive every suggestion again instead of running anything. */
  readonly replay?: boolean;
  readonly json?: boolean;
  /** This process is a worker of another one. */
  readonly worker?: boolean;
}

export async function sweep(file: string, options: SweepCommandOptions): Promise<number> {
  const pipelineFile = findPipeline(options.directory ?? process.cwd());
  const spec = await readSweep(file, {
    pipelineFile,
    ...(options.name === undefined ? {} : { name: options.name }),
    ...(options.trials === undefined ? {} : { trials: options.trials }),
    ...(options.overrides === undefined ? {} : { overrides: options.overrides }),
  });
  if (options.worker !== true) printWarnings(spec.warnings);
  const layout = layoutOf(join(spec.pipeline.root, 'runs'));
  if (options.replay === true) return replaySweep(spec, layout, options.json === true);
  const workers = Math.min(options.workers ?? availableParallelism(), spec.budget.trials);
  if (options.worker === true) return runWorker(spec, layout, options.jobs);
  checkGpus(spec.pipeline.stages.values());
  if (options.rerun && options.mix) throw new UserError('--rerun and --mix exclude each other');
  const begun = await beginStudy(spec, await originOf(spec, layout), layout, {
    ...(options.rerun ? { changed: 'rerun' as const } : options.mix ? { changed: 'mix' as const } : {}),
    ...(options.retryFailed ? { retryFailed: true } : {}),
    hasMore: (state) => hasRunsDue(spec, state),
  });
  process.stderr.write(`${headline(spec, begun, workers)}\n`);
  const ended = isOver(spec, begun) ? {} : await runWorkers(file, options, spec, layout, workers);
  const state = await studyReader(layout.study(spec.name).journals).read();
  const board = leaderboard(spec, state);
  await ingest(layout);
  await print(spec, board, state, layout, options.json === true);
  if (ended.interrupted !== undefined) return ended.interrupted;
  const isDone = ended.outOfTime === true || isOver(spec, state);
  return board.ranked.length > 0 && isDone ? exitCode.ok : exitCode.stageFailed;
}

function headline(spec: SweepSpec, state: StudyState, workers: number): string {
  const { complete = 0, failed = 0, pruned = 0 } = leaderboard(spec, state).states;
  const finished = complete + failed + pruned;
  const before = finished > 0 ? `, ${finished} finished before` : '';
  return `study ${spec.name}: ${spec.budget.trials} trials${before}, ${workers} workers`;
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

async function runWorker(spec: SweepSpec, layout: Layout, jobs: number | undefined): Promise<number> {
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

async function runWorkers(
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

function workerArguments(file: string, options: SweepCommandOptions, count: number): string[] {
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

async function print(
  spec: SweepSpec,
  board: Leaderboard,
  state: StudyState,
  layout: Layout,
  json: boolean,
): Promise<void> {
  const found = await findings(spec, board, state, layout);
  const text = json
    ? JSON.stringify(sweepJson(board, found, state), undefined, 2)
    : leaderboardText(spec, board, found, stdoutStyle().width);
  process.stdout.write(`${text}\n`);
}
