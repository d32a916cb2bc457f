/** Takes the journals of a study in, each from where it was left, and what others have read of them. */
import { join } from 'node:path';
import { readJournal } from '../record/read-journal.ts';
import { namesIn } from '../store/listing.ts';
import { journalPositions } from './journal-positions.ts';
import type { JournalPart } from './study-news.ts';
import { type StudyState, studyRecord } from './study-state.ts';

export interface JournalReader {
  readonly state: StudyState;
  list(): Promise<string[]>;
  /** Those of them that may well have grown. */
  due(names: readonly string[]): string[];
  /** @returns what was new in them */
  read(names: readonly string[]): Promise<readonly JournalPart[]>;
  /** @returns names of journals of which something before is missing here */
  take(parts: readonly JournalPart[]): string[];
  /** Somebody has looked at every one. */
  lookedAtAll(): void;
  /** When that was last so, by the clock given. */
  readonly lookedAtAllMs: number;
}

/** So many files are read at once: each waits for a server. */
const atOnce = 8;

export function journalReader(folder: string, now: () => number): JournalReader {
  const record = studyRecord();
  const positions = journalPositions(now);
  const readOne = async (name: string): Promise<JournalPart> => {
    const from = positions.readTo(name);
    const events: [number, JournalPart['events'][number][1]][] = [];
    let to = from;
    for await (const entry of readJournal(join(folder, name), from)) {
      to = entry.end;
      if (entry.kind === 'event') events.push([to, entry.event]);
    }
    record.add(events.map(([, event]) => event));
    positions.read(name, to);
    return { name, from, to, events };
  };
  const take = ({ name, from, to, events }: JournalPart): boolean => {
    const readTo = positions.readTo(name);
    if (readTo < from) return false;
    record.add(events.flatMap(([end, event]) => (end > readTo ? [event] : [])));
    positions.told(name, to);
    return true;
  };
  return {
    get state() {
      return record.state;
    },
    list: async () => (await namesIn(folder)).filter((name) => name.endsWith('.jsonl')).sort(),
    due: positions.due,
    read: async (names) => (await inTurns(names, readOne)).filter(({ from, to }) => to > from),
    take: (parts) => parts.flatMap((part) => (take(part) ? [] : [part.name])),
    lookedAtAll: positions.lookedAtAll,
    get lookedAtAllMs() {
      return positions.lookedAtAllMs;
    },
  };
}

/** Some at once, in the order of the items. */
export async function inTurns<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const turn = async () => {
    for (let at = next++; at < items.length; at = next++) results[at] = await work(items[at] as T);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, turn));
  return results;
}
