/** Whether the record can be read: every line of the journals, and the index, which is made again where it cannot. */
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { UserError } from '../errors.ts';
import type { Layout } from '../store/layout.ts';
import { below } from '../store/listing.ts';
import type { Note, Problem } from '../store/verify.ts';
import { openDatabase } from './database.ts';
import { findJournals } from './ingest.ts';
import { missingAttempts } from './missing-attempts.ts';
import { indexFile, isDamage, setAside } from './open-database.ts';
import { readJournal } from './read-journal.ts';

export interface RecordVerification {
  readonly problems: readonly Problem[];
  readonly notes: readonly Note[];
  readonly journals: number;
  readonly events: number;
  /** False where there is none, or SQLite is not installed. */
  readonly index: boolean;
}

export async function verifyRecord(layout: Layout): Promise<RecordVerification> {
  const journals = await verifyJournals(layout);
  const index = await verifyIndex(layout);
  return {
    ...journals,
    problems: [...journals.problems, ...(await missingAttempts(layout)), ...index.problems],
    notes: [...journals.notes, ...index.notes],
    index: index.checked,
  };
}

async function verifyJournals(layout: Layout) {
  const problems: Problem[] = [];
  const notes: Note[] = [];
  const journals = await findJournals(layout);
  let events = 0;
  for (const { name, file } of journals) {
    let unknown = 0;
    let end = 0;
    const { size } = await stat(file); // before it is read: it may grow
    for await (const entry of readJournal(file)) {
      if (entry.kind === 'event') events += 1;
      else if (entry.kind === 'unknown') unknown += 1;
      else problems.push({ kind: 'journal', path: name, message: `byte ${entry.offset}: ${entry.message}` });
      end = entry.end;
    }
    if (unknown > 0) notes.push({ path: name, message: `${unknown} events of a newer Retrial were skipped` });
    if (end < size) notes.push({ path: name, message: 'ends within a line: its writer is at it, or was killed' });
  }
  return { problems, notes, events, journals: journals.length };
}

async function verifyIndex(layout: Layout) {
  const file = indexFile(layout);
  if (!existsSync(file)) return { problems: [], notes: [], checked: false };
  try {
    const found = await integrity(file);
    if (found === 'ok') return { problems: [], notes: [], checked: true };
    return { problems: [damagedIndex(layout, file, found)], notes: [], checked: true };
  } catch (error) {
    if (error instanceof UserError) return { problems: [], notes: [unread(layout, file, error)], checked: false };
    if (isDamage(error))
      return { problems: [damagedIndex(layout, file, (error as Error).message)], notes: [], checked: true };
    throw error;
  }
}

/** SQLite's own word: `ok`, or what is wrong. */
async function integrity(file: string): Promise<string> {
  const db = await openDatabase(file);
  try {
    return (await db.get<{ integrity_check: string }>('PRAGMA integrity_check(1)'))?.integrity_check ?? 'no answer';
  } finally {
    await db.close();
  }
}

function damagedIndex(layout: Layout, file: string, found: string): Problem {
  setAside(layout, file);
  const message = `damaged (${found}); it is made again from the journals when it is next needed`;
  return { kind: 'index', path: below(layout, file), message };
}

function unread(layout: Layout, file: string, error: UserError): Note {
  return { path: below(layout, file), message: `not checked: ${error.message}` };
}
