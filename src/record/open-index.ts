/** The index, brought up to date: the door through which commands and reports read the record. */
import type { ConfigHash } from '../hash.ts';
import type { Layout } from '../store/layout.ts';
import type { Database } from './database.ts';
import { markDead } from './dead-runs.ts';
import { ingest } from './ingest.ts';
import { type InMemory, isDamage, isUnwritable, openIndexDatabase, setAside } from './open-database.ts';
import * as queries from './queries.ts';
import { readOnly, readOnlyIn } from './read-only.ts';
import { resolveHash, selectRun, selectRuns } from './select-runs.ts';

export type Index = ReturnType<typeof indexOf>;

/**
 * Opens the index and takes in what the journals have more; what dead processes left is marked. To be closed.
 * Throws UserError where SQLite is not installed.
 */
export async function openIndex(layout: Layout, where?: InMemory): Promise<Index> {
  const { db, file } = await openIndexDatabase(layout, where);
  try {
    const index = indexOf(db, layout, file);
    await index.refresh();
    return index;
  } catch (error) {
    await db.close();
    throw error;
  }
}

/**
 * Calls `body` with the index, and closes it. Where the file turns out to be damaged it is set aside, made again from
 * the journals, and `body` is called again; so it is where the file was deleted meanwhile. Where it cannot be written, as
 * on a full disk, one in memory takes its place.
 */
export async function withIndex<T>(layout: Layout, body: (index: Index) => Promise<T>): Promise<T> {
  try {
    return await usingIndex(layout, body);
  } catch (error) {
    if (!isDamage(error) && !isUnwritable(error)) throw error;
    if (isDamage(error)) await discardIndex(layout);
    return await usingIndex(layout, body).catch(async (again: unknown) => {
      if (!isUnwritable(again)) throw again;
      return await usingIndex(layout, body, ':memory:');
    });
  }
}

async function discardIndex(layout: Layout): Promise<void> {
  const { db, file } = await openIndexDatabase(layout);
  await db.close();
  setAside(layout, file);
}

async function usingIndex<T>(layout: Layout, body: (index: Index) => Promise<T>, where?: InMemory): Promise<T> {
  const index = await openIndex(layout, where);
  try {
    return await body(index);
  } finally {
    await index.close();
  }
}

function indexOf(db: Database, layout: Layout, file: string) {
  return {
    file,
    /** Takes in what was written since. */
    async refresh(): Promise<void> {
      await ingest(db, layout);
      await markDead(db, layout);
    },
    /** One row for each config, the attempt that speaks for it, newest first; of one study where named. */
    runs: (study?: string) => queries.runs(db, study),
    /** What a person asks in SQL: one statement that reads. */
    ask: (sql: string) => (file === ':memory:' ? readOnlyIn(db, sql) : readOnly(file, sql)),
    /** The run that a prefix of a hash, `HASH@2` or `latest` names; UserError with candidates where none or several. */
    run: (selector: string) => selectRun({ db, layout }, selector),
    /** The runs of hashes and studies, each once. */
    select: (selectors: readonly string[]) => selectRuns({ db, layout }, selectors),
    /** The attempt that speaks for a config; undefined where nothing is on record of it. */
    speaker: (configHash: ConfigHash) => queries.speaker(db, configHash),
    resolveHash: (prefix: string) => resolveHash({ db, layout }, prefix),
    attempts: (configHash: ConfigHash) => queries.attempts(db, configHash),
    allAttempts: () => queries.allAttempts(db),
    stages: (attemptIds: readonly number[]) => queries.stages(db, attemptIds),
    outputs: (attemptIds: readonly number[]) => queries.outputs(db, attemptIds),
    /** All of them, or those of some names. */
    metrics: (attemptIds: readonly number[], names?: readonly string[]) => queries.metrics(db, attemptIds, names),
    metricNames: () => queries.metricNames(db),
    paramNames: () => queries.paramNames(db),
    tags: () => queries.tags(db),
    studies: () => queries.studies(db),
    trials: (study: string) => queries.trials(db, study),
    replicates: () => queries.replicates(db),
    finals: (study: string) => queries.finals(db, study),
    holdouts: () => queries.holdouts(db),
    problems: () => queries.problems(db),
    unknownEvents: () => queries.unknownEvents(db),
    close: () => db.close(),
  };
}
