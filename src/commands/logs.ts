/** `retrial logs HASH [STAGE]`: what stages printed, byte for byte; with -f as they print it. */
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { exitCode, UserError } from '../errors.ts';
import { type FingerprintHash, short } from '../hash.ts';
import { writeFrom } from '../logging/log-bytes.ts';
import { didYouMean } from '../pipeline/suggest.ts';
import type { Index } from '../record/open-index.ts';
import type { RunRow, StageRow } from '../record/rows.ts';
import { readJson } from '../store/files.ts';
import type { Layout } from '../store/layout.ts';
import type { StageLock } from '../store/published.ts';
import { type ReadingOptions, reading } from './reading.ts';

export interface LogsOptions extends ReadingOptions {
  readonly follow?: boolean;
}

/** @returns 1 where the one stage that was asked for has no log */
export async function logs(selector: string, stage: string | undefined, options: LogsOptions): Promise<number> {
  return await reading(options, async (index, layout) => {
    const run = await attemptWithLog(index, selector, stage);
    const stages = await asked(index, run, stage);
    const plain = stage !== undefined && process.stdout.isTTY !== true;
    const printer = logPrinter(layout, run, plain);
    if (options.follow === true && run.status === 'running') return await follow(index, run, stage, printer);
    let found = false;
    for (const row of stages) found = (await printer.print(row)) || found;
    if (found || stage === undefined) return exitCode.ok;
    process.stderr.write(`error: ${noLog(stages[0])}\n`);
    return exitCode.stageFailed;
  });
}

/** Without `@n` the newest attempt that was not killed, of those the newest in which the one stage began: it may have failed. */
async function attemptWithLog(index: Index, selector: string, stage: string | undefined): Promise<RunRow> {
  const run = await index.run(selector);
  if (selector.includes('@')) return run;
  const all = (await index.attempts(run.configHash)).filter(({ status }) => status !== 'killed');
  const [newest = run] = all;
  if (stage === undefined || newest.status === 'running') return newest;
  const began = (await index.stages(all.map(({ attemptId }) => attemptId))).filter(
    (row) => row.stage === stage && row.outcome !== 'cancelled' && row.outcome !== 'waiting',
  );
  return all.find(({ attemptId }) => began.some((row) => row.attemptId === attemptId)) ?? newest;
}

/** The stages of an attempt in order, or the one that is named. */
async function asked(index: Index, run: RunRow, stage: string | undefined): Promise<StageRow[]> {
  const stages = await index.stages([run.attemptId]);
  const named = stages.filter((row) => stage === undefined || row.stage === stage);
  if (stage === undefined || named.length > 0) return named;
  const names = stages.map((row) => row.stage);
  throw new UserError(
    `${nameOf(run)} has no stage "${stage}"`,
    didYouMean(stage, names).hint ?? 'retrial show lists its stages',
  );
}

const followMs = 200;

/** Prints what comes until the run, or the one stage, has ended, in whatever way. */
async function follow(
  index: Index,
  started: RunRow,
  stage: string | undefined,
  printer: ReturnType<typeof logPrinter>,
): Promise<number> {
  for (;;) {
    await index.refresh();
    const run = await index.run(nameOf(started));
    const stages = await asked(index, run, stage);
    const ended = endOf(run, stage === undefined ? undefined : stages[0]);
    // After an end was seen nothing more is written: what is read now is the last.
    for (const row of stages) if (row.outcome !== 'waiting') await printer.print(row);
    if (ended !== undefined) {
      process.stderr.write(`${nameOf(run)}: ${ended}\n`);
      return exitCode.ok;
    }
    await sleep(followMs);
  }
}

/**
 * How the run ended, or the one stage that is followed; undefined while it goes on. A run goes on after the last of its stages:
 * its end is still to be recorded.
 */
export function endOf(run: Pick<RunRow, 'status'>, only?: Pick<StageRow, 'stage' | 'outcome'>): string | undefined {
  if (run.status !== 'running') return run.status;
  return only === undefined || isUnderWay(only.outcome) ? undefined : `${only.stage} ${only.outcome}`;
}

function isUnderWay(outcome: StageRow['outcome']): boolean {
  return outcome === 'running' || outcome === 'waiting';
}

/**
 * Prints each log from where it left off, under a heading where it is another's than before.
 * @param plain one log, for a program: without a heading, what there is to say goes to stderr
 */
function logPrinter(layout: Layout, run: RunRow, plain: boolean) {
  const read = new Map<string, number>();
  let last: string | undefined;
  const head = (stage: string, origin: string | undefined) => {
    const first = !read.has(stage);
    if (plain) {
      if (first && origin !== undefined) process.stderr.write(`${stage}: ${origin}\n`);
    } else if (last !== stage) {
      const between = last === undefined ? '' : '\n';
      process.stdout.write(`${between}==> ${stage}${origin === undefined ? '' : ` (${origin})`} <==\n`);
    }
    last = stage;
  };
  return {
    /** @returns whether there is a log */
    print: async (row: StageRow): Promise<boolean> => {
      const log = await logOf(layout, run, row);
      if (log === undefined) return false;
      const from = read.get(row.stage) ?? 0;
      const to = await writeFrom(log.path, from, process.stdout, () => head(row.stage, log.origin));
      if (to > from) read.set(row.stage, to);
      return true;
    },
  };
}

/** The attempt's own, or of a result that it had from elsewhere the one published with it. */
async function logOf(layout: Layout, run: RunRow, { stage, fingerprint }: StageRow) {
  const path = layout.run(run.configHash).attempt(run.attempt).log(stage);
  if (existsSync(path)) return { path };
  if (fingerprint === null) return undefined;
  const published = layout.stage(fingerprint as FingerprintHash);
  if (!existsSync(published.log)) return undefined;
  const lock = await readJson<StageLock>(published.lock);
  return {
    path: published.log,
    origin: lock === undefined ? 'of its result' : `its result was made by ${lock.execution.run}`,
  };
}

function noLog(row: StageRow | undefined): string {
  const { stage, outcome } = row ?? { stage: 'the stage', outcome: 'waiting' };
  if (isUnderWay(outcome)) return `${stage} has not begun; -f waits for it`;
  if (outcome === 'cancelled') return `${stage} was not run, and has no log`;
  return `the log of ${stage} was collected or deleted`;
}

function nameOf({ configHash, attempt }: RunRow): string {
  return `${short(configHash)}@${attempt}`;
}
