/** Attempts that the journals tell of, that nobody removed, and that are not there. */
import { existsSync } from 'node:fs';
import type { AttemptId } from '../events.ts';
import type { Layout } from '../store/layout.ts';
import { below } from '../store/listing.ts';
import type { Problem } from '../store/verify.ts';
import { findJournals } from './ingest.ts';
import { readJournal } from './read-journal.ts';

/** Looked for twice: `retrial rm` takes the folder away before it says so. */
export async function missingAttempts(layout: Layout): Promise<Problem[]> {
  const missing = (await foldersOnRecord(layout)).filter((folder) => !existsSync(folder));
  const still = missing.length === 0 ? [] : await foldersOnRecord(layout);
  return missing
    .filter((folder) => still.includes(folder))
    .map((folder) => ({ kind: 'attempt', path: below(layout, folder), message: 'it is on record, and not there' }));
}

async function foldersOnRecord(layout: Layout): Promise<string[]> {
  const begun = new Map<string, AttemptId>();
  const removed = new Map<string, { readonly at: number; readonly undone: boolean }>();
  for (const { file } of await findJournals(layout))
    for await (const entry of readJournal(file)) {
      if (entry.kind !== 'event') continue;
      const { event } = entry;
      if (event.type === 'run-started') begun.set(nameOf(event.id), event.id);
      if (event.type === 'run-removed' && event.at > (removed.get(nameOf(event.id))?.at ?? 0))
        removed.set(nameOf(event.id), { at: event.at, undone: event.undone === true });
    }
  return [...begun]
    .filter(([name]) => removed.get(name)?.undone !== false)
    .map(([, { configHash, attempt }]) => layout.run(configHash).attempt(attempt).folder);
}

const nameOf = ({ configHash, attempt }: AttemptId) => `${configHash}@${attempt}`;
