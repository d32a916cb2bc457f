/** `retrial sweep FILE`: trials in parallel worker processes, then what they found. Run again, it goes on. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { exitCode, UserError } from '../errors.ts';
import { checkGpus } from '../execute/capacity.ts';
import { printDiagnostics, printWarnings } from '../logging/diagnostics.ts';
import { counted } from '../logging/format.ts';
import { stdoutStyle } from '../logging/stdout.ts';
import { findPipeline } from '../pipeline/find-pipeline.ts';
import { type Layout, layoutOf } from '../store/layout.ts';
import { beginStudy } from '../sweep/begin-study.ts';
import { findings } from '../sweep/findings.ts';
import { originOf } from '../sweep/given.ts';
import { hasRunsDue, isOver } from '../sweep/is-over.ts';
import { type Leaderboard, leaderboard } from '../sweep/leaderboard.ts';
import { missingBestSteps } from '../sweep/missing-best-step.ts';
import { trialsInBudget } from '../sweep/open-numbers.ts';
import { readSweep } from '../sweep/read-sweep.ts';
import type { SweepSpec } from '../sweep/spec.ts';
import { phaseOf, type StudyState, studyReader } from '../sweep/study-state.ts';
import { leaderboardText, sweepJson } from '../sweep/sweep-text.ts';
import type { ProjectOptions } from './project.ts';
import { replaySweep } from './replay.ts';
import { checkFlags, type SlurmFlags } from './slurm-settings.ts';
import { runWorker, runWorkers } from './sweep-workers.ts';

export interface SweepCommandOptions extends ProjectOptions, SlurmFlags {
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
  /** Follow it, wherever it runs, and change nothing. */
  readonly watch?: boolean;
  /** This process is a worker of another one. */
  readonly worker?: boolean;
  /** Of a worker of Slurm: no trial begins after this, milliseconds since the epoch. */
  readonly deadline?: number;
  /** Of a worker of Slurm: after so many seconds of its job it is told that its time is nearly up, or a little before. */
  readonly toldAfter?: number;
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
  if (options.watch === true) return watchSweep(spec, layout, options.json === true);
  const workers = Math.min(options.workers ?? availableParallelism(), spec.budget.trials);
  if (options.worker === true) return runAsWorker(spec, layout, options);
  checkFlags(options);
  checkGpus(spec.pipeline.stages.values());
  if (options.rerun && options.mix) throw new UserError('--rerun and --mix exclude each other');
  const begun = await beginStudy(spec, await originOf(spec, layout), layout, {
    ...(options.rerun ? { changed: 'rerun' as const } : options.mix ? { changed: 'mix' as const } : {}),
    ...(options.retryFailed ? { retryFailed: true } : {}),
    hasMore: (state) => hasRunsDue(spec, state),
  });
  sayOtherSearch(spec, begun);
  if (options.executor === 'slurm' && !isOver(spec, begun)) return submitSweep(file, options, spec, layout, begun);
  process.stderr.write(`${headline(spec, begun, workers)}\n`);
  const ended = isOver(spec, begun) ? {} : await runWorkers(file, options, spec, layout, workers);
  const state = await studyReader(layout.study(spec.name).journals).read();
  const board = leaderboard(spec, state);
  await ingest(layout);
  printWarnings((await missingBestSteps(spec, layout, state)).map((message) => ({ severity: 'warning', message })));
  await printFindings(spec, board, state, layout, options.json === true);
  if (ended.interrupted !== undefined) return ended.interrupted;
  const isDone = ended.outOfTime === true || isOver(spec, state);
  return board.ranked.length > 0 && isDone ? exitCode.ok : exitCode.stageFailed;
}

/** Where its file has changed since: what it finds from here on is of another search than what it has. */
function sayOtherSearch({ name }: SweepSpec, state: StudyState): void {
  const { number, first } = phaseOf(state);
  if (number === 0 || [...state.trials.keys()].some((trial) => trial >= first)) return;
  process.stderr.write(`study ${name} was changed: from trial ${first} on it goes by what its file says now\n`);
}

/** Slurm's own commands and words are loaded where they are needed. */
async function submitSweep(...args: Parameters<typeof import('./sweep-slurm.ts').submitSweep>): Promise<number> {
  return (await import('./sweep-slurm.ts')).submitSweep(...args);
}

async function runAsWorker(spec: SweepSpec, layout: Layout, options: SweepCommandOptions): Promise<number> {
  if (options.executor !== 'slurm') return runWorker(spec, layout, options.jobs);
  return (await import('./sweep-slurm-worker.ts')).runSlurmWorker(spec, layout, options);
}

async function watchSweep(spec: SweepSpec, layout: Layout, json: boolean): Promise<number> {
  return (await import('./watch-sweep.ts')).watchSweep(spec, layout, json);
}

function headline(spec: SweepSpec, state: StudyState, workers: number): string {
  const { complete = 0, failed = 0, pruned = 0 } = leaderboard(spec, state).states;
  const finished = complete + failed + pruned;
  const before = finished > 0 ? `, ${finished} finished before` : '';
  const trials = trialsInBudget(spec, state, phaseOf(state));
  const by = isOver(spec, state) ? '' : `, ${counted(workers, 'worker')}`;
  return `study ${spec.name}: ${counted(trials, 'trial')}${before}${by}`;
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

/** The leaderboard and what it says, on stdout. */
export async function printFindings(
  spec: SweepSpec,
  board: Leaderboard,
  state: StudyState,
  layout: Layout,
  json: boolean,
): Promise<void> {
  const found = await findings(spec, board, state, layout);
  const text = json
    ? JSON.stringify(sweepJson(board, found, state), undefined, 2)
    : leaderboardText(spec, board, found, state, stdoutStyle().width);
  process.stdout.write(`${text}\n`);
}
