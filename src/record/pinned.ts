/** Which attempts are pinned: the last word of each in the journals. */
import type { Layout } from '../store/layout.ts';
import { findJournals } from './ingest.ts';
import { readJournal } from './read-journal.ts';

/** As `HASH@2`. */
export async function pinnedAttempts(layout: Layout): Promise<ReadonlySet<string>> {
  const lastWord = new Map<string, { readonly at: number; readonly pinned: boolean }>();
  for (const { file } of await findJournals(layout))
    for await (const entry of readJournal(file)) {
      if (entry.kind !== 'event' || entry.event.type !== 'run-marked') continue;
      const { id, at, pinned } = entry.event;
      const name = `${id.configHash}@${id.attempt}`;
      if (pinned !== undefined && at >= (lastWord.get(name)?.at ?? 0)) lastWord.set(name, { at, pinned });
    }
  return new Set([...lastWord].filter(([, { pinned }]) => pinned).map(([name]) => name));
}
