/** Says something of a past run: an event in a journal, like all that is recorded. */
import type { AttemptId, RunMarked, RunRemoved } from '../events.ts';
import type { Layout } from '../store/layout.ts';
import { openJournal } from './journal.ts';

type Said<Event> = Omit<Event, 'at' | 'id'>;

export async function say(layout: Layout, id: AttemptId, event: Said<RunMarked> | Said<RunRemoved>): Promise<void> {
  const journal = openJournal(layout.journals);
  journal.append({ ...event, at: Date.now(), id });
  journal.close();
}
