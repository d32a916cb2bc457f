/** What the journals say of some attempts and studies: whole lines, as they were written, in the order of the journals. */
import type { AttemptId } from '../events.ts';
import type { Layout } from '../store/layout.ts';
import { findJournals } from './ingest.ts';
import { journalVersion } from './journal.ts';
import { readJournal } from './read-journal.ts';

export interface LinesAbout {
  readonly attempts: string;
  readonly studies: Readonly<Record<string, string>>;
}

export async function linesAbout(
  layout: Layout,
  attempts: readonly AttemptId[],
  studies: readonly string[],
): Promise<LinesAbout> {
  const wanted = new Set(attempts.map(({ configHash, attempt }) => `${configHash}@${attempt}`));
  const ofAttempts: string[] = [];
  const ofStudies = new Map<string, string[]>(studies.map((study) => [study, []]));
  for (const { file } of await findJournals(layout))
    for await (const entry of readJournal(file)) {
      if (entry.kind !== 'event') continue;
      const { event } = entry;
      const line = `${JSON.stringify({ ...event, v: journalVersion })}\n`;
      if ('id' in event) {
        if (wanted.has(`${event.id.configHash}@${event.id.attempt}`)) ofAttempts.push(line);
      } else ofStudies.get(event.study)?.push(line);
    }
  return {
    attempts: ofAttempts.join(''),
    studies: Object.fromEntries([...ofStudies].map(([study, lines]) => [study, lines.join('')])),
  };
}
