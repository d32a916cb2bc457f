/** The one path into SQLite: what the journals hold beyond what was taken in before. */
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { JournalEvent } from '../events.ts';
import { isSystemError } from '../store/files.ts';
import type { Layout } from '../store/layout.ts';
import { namesIn } from '../store/listing.ts';
import { applyEvent } from './apply-event.ts';
import { type Database, sqliteCode } from './database.ts';
import { type JournalEntry, readJournal } from './read-journal.ts';
import { widen } from './wide-views.ts';

interface Journal {
  /** Path below `runs/`, with slashes. */
  readonly name: string;
  readonly file: string;
}

/**
 * Takes in every whole line not yet taken in: one transaction, in which nobody else writes, moves rows and offsets
 * together, so any number of processes may ingest at once and each line counts once. Without news nothing is locked.
 */
export async function ingest(db: Database, layout: Layout): Promise<void> {
  const journals = await findJournals(layout);
  if (!(await hasNews(db, journals))) return;
  await db.immediate(async () => {
    for (const journal of journals)
      await ingestJournal(db, journal).catch((error: unknown) => noteUnreadable(db, journal, error));
    await widen(db);
  });
}

const unreadable = 'cannot be read';

/** One journal without permission, or a folder in its place, costs only itself; it is taken in once it can be read. */
async function noteUnreadable(db: Database, { name }: Journal, error: unknown): Promise<void> {
  if (!isSystemError(error)) throw error;
  await db.run(
    `INSERT OR REPLACE INTO journal_problems (journal_id, offset, message)
     SELECT id, read_to, ? FROM journals WHERE name = ?`,
    ...[`${unreadable}: ${error.message}`, name],
  );
}

/** In the order they were begun; those of studies lie in the studies' folders. */
export async function findJournals(layout: Layout): Promise<readonly Journal[]> {
  const studies = join(layout.study('-').folder, '..');
  const names = existsSync(studies) ? await namesIn(studies) : [];
  const folders = [layout.journals, ...names.sort().map((name) => layout.study(name).journals)];
  const found: Journal[] = [];
  for (const folder of folders.filter((f) => existsSync(f)))
    for (const entry of (await namesIn(folder)).sort())
      if (entry.endsWith('.jsonl'))
        found.push({
          name: relative(layout.runs, join(folder, entry)).split(sep).join('/'),
          file: join(folder, entry),
        });
  return found;
}

async function hasNews(db: Database, journals: readonly Journal[]): Promise<boolean> {
  const rows = await db.all<{ name: string; read_to: number }>('SELECT name, read_to FROM journals');
  const readTo = new Map(rows.map((row) => [row.name, row.read_to]));
  for (const { name, file } of journals) {
    const { size } = await stat(file);
    if (size > (readTo.get(name) ?? 0)) return true;
  }
  return false;
}

async function ingestJournal(db: Database, { name, file }: Journal): Promise<void> {
  await db.run('INSERT OR IGNORE INTO journals (name) VALUES (?)', name);
  const row = await db.get<{ id: number; read_to: number }>('SELECT id, read_to FROM journals WHERE name = ?', name);
  if (row === undefined) throw new Error(`no row for journal ${name}`);
  if ((await stat(file)).size <= row.read_to) return;
  await db.run('DELETE FROM journal_problems WHERE journal_id = ? AND message LIKE ?', row.id, `${unreadable}%`);
  let end = row.read_to;
  let unknown = 0;
  for await (const entry of readJournal(file, row.read_to)) {
    if (entry.kind === 'unknown') unknown++;
    const problem = await take(db, entry, row.id);
    if (problem !== undefined)
      await db.insert('journal_problems', ['journal_id', 'offset', 'message'], [[row.id, entry.offset, problem]]);
    end = entry.end;
  }
  await db.run(
    'UPDATE journals SET read_to = ?, unknown_events = unknown_events + ? WHERE id = ?',
    end,
    unknown,
    row.id,
  );
}

async function take(db: Database, entry: JournalEntry, journalId: number): Promise<string | undefined> {
  if (entry.kind === 'problem') return entry.message;
  return entry.kind === 'event' ? await takeEvent(db, entry.event, journalId) : undefined;
}

/** An event that is JSON and yet not what its type says is a damaged line: told, and no obstacle to the rest. */
async function takeEvent(db: Database, event: JournalEvent, journalId: number): Promise<string | undefined> {
  await db.run('SAVEPOINT event');
  try {
    await applyEvent(db, event, journalId);
    return undefined;
  } catch (error) {
    if (sqliteCode(error) !== 'SQLITE_CONSTRAINT' && !(error instanceof TypeError)) throw error;
    await db.run('ROLLBACK TO event');
    return `not a ${event.type} event: ${(error as Error).message}`;
  } finally {
    await db.run('RELEASE event');
  }
}
