/** `retrial rm HASH…`: takes runs, or single attempts, out of the record; their results stay until `gc`. */
import { exitCode, UserError } from '../errors.ts';
import { type ConfigHash, short } from '../hash.ts';
import { openJournal } from '../record/journal.ts';
import { say } from '../record/mark.ts';
import type { Index } from '../record/open-index.ts';
import type { RunRow } from '../record/rows.ts';
import { runsWhere } from '../report/find-runs.ts';
import type { Layout } from '../store/layout.ts';
import { removeAttempts } from '../store/remove-run.ts';
import { type ReadingOptions, reading } from './reading.ts';

export interface RmOptions extends ReadingOptions {
  /** Also pinned and tagged ones. */
  readonly force?: boolean;
  /** A filter of runs: docs/filter.md. */
  readonly where?: string;
  /** Says what would go. */
  readonly dryRun?: boolean;
}

/** @returns 1 where an attempt was begun just then, which keeps its run */
export async function rm(selectors: readonly string[], options: RmOptions): Promise<number> {
  const { where } = options;
  if ((where === undefined) === (selectors.length === 0))
    throw new UserError('name runs, or say --where EXPRESSION', 'one of the two');
  return await reading(options, async (index, layout) => {
    const rows = await selected(index, where === undefined ? selectors : await hashesWhere(index, where));
    refuse(rows, options.force === true);
    if (options.dryRun === true) {
      for (const row of rows) process.stdout.write(`${nameOf(row)} ${row.status}\n`);
      return exitCode.ok;
    }
    let code: number = exitCode.ok;
    for (const [configHash, attempts] of byRun(rows)) {
      if (await remove(layout, configHash, attempts)) {
        await keepMarks(index, layout, attempts);
        continue;
      }
      process.stderr.write(`error: an attempt of ${short(configHash)} has begun: it stays\n`);
      code = exitCode.stageFailed;
    }
    return code;
  });
}

async function hashesWhere(index: Index, where: string): Promise<string[]> {
  const runs = await runsWhere(index, where);
  if (runs.length === 0) throw new UserError(`no run matches --where ${where}`);
  return runs.map(({ configHash }) => configHash);
}

/** Without `@n` all attempts of a run. */
async function selected(index: Index, selectors: readonly string[]): Promise<RunRow[]> {
  const rows = new Map<number, RunRow>();
  for (const selector of selectors) {
    const run = await index.run(selector);
    const attempts = selector.includes('@') ? [run] : await index.attempts(run.configHash);
    for (const attempt of attempts) rows.set(attempt.attemptId, attempt);
  }
  return [...rows.values()];
}

function refuse(rows: readonly RunRow[], force: boolean): void {
  const names = (some: readonly RunRow[]) => some.map(nameOf).join(', ');
  const running = rows.filter(({ status }) => status === 'running');
  if (running.length > 0) throw new UserError(`still running: ${names(running)}`, 'end it first');
  const marked = rows.filter(({ pinned, tags }) => pinned || tags.length > 0);
  if (marked.length > 0 && !force)
    throw new UserError(`pinned or tagged: ${names(marked)}`, 'to remove them all the same, say --force');
}

function byRun(rows: readonly RunRow[]): Map<ConfigHash, RunRow[]> {
  const runs = new Map<ConfigHash, RunRow[]>();
  for (const row of rows) runs.set(row.configHash, [...(runs.get(row.configHash) ?? []), row]);
  return runs;
}

/** The folders first: where it ends between, the same command does the rest. */
async function remove(layout: Layout, configHash: ConfigHash, rows: readonly RunRow[]): Promise<boolean> {
  const numbers = rows.map(({ attempt }) => attempt);
  if (!(await removeAttempts(layout, configHash, numbers))) return false;
  const journal = openJournal(layout.journals);
  for (const attempt of numbers) journal.append({ type: 'run-removed', at: Date.now(), id: { configHash, attempt } });
  journal.close();
  process.stderr.write(`removed ${rows.map(nameOf).join(', ')}; its results stay until retrial gc\n`);
  return true;
}

/** What was said of a run stays said while an attempt of it is left, whichever of them it was said of. */
async function keepMarks(index: Index, layout: Layout, [before]: readonly RunRow[]): Promise<void> {
  if (before === undefined) return;
  await index.refresh();
  const [after] = await index.attempts(before.configHash);
  if (after === undefined) return;
  const missing = (from: RunRow, of: RunRow) => of.tags.filter((tag) => !from.tags.includes(tag));
  const [addTags, removeTags] = [missing(after, before), missing(before, after)];
  const said = {
    ...(addTags.length === 0 ? {} : { addTags }),
    ...(removeTags.length === 0 ? {} : { removeTags }),
    ...(before.note === after.note ? {} : { note: before.note }),
    ...(before.pinned === after.pinned ? {} : { pinned: before.pinned }),
  };
  const id = { configHash: after.configHash, attempt: after.attempt };
  if (Object.keys(said).length > 0) await say(layout, id, { type: 'run-marked', ...said });
}

const nameOf = ({ configHash, attempt }: RunRow) => `${short(configHash)}@${attempt}`;
