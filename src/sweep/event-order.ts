/** Which of two words on the same matter came first, whoever reads them and in whatever order. */
import type { JournalEvent } from '../events.ts';
import { canonicalJson } from '../hash.ts';

export function first<E extends JournalEvent>(known: E | undefined, event: E): E {
  return known === undefined || isBefore(event, known) ? event : known;
}

export function last<E extends JournalEvent>(known: E | undefined, event: E): E {
  return known === undefined || isBefore(known, event) ? event : known;
}

export function inOrder<E extends JournalEvent>(events: readonly E[]): E[] {
  return events.toSorted((a, b) => Number(isBefore(b, a)) - Number(isBefore(a, b)));
}

/** Of the same moment the text decides, so that every reader decides alike. */
function isBefore(a: JournalEvent, b: JournalEvent): boolean {
  return a.at === b.at ? canonicalJson(a) < canonicalJson(b) : a.at < b.at;
}
