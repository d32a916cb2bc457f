/**
 * What the journals of very many workers said, gathered by one of them for all: a thousand journals are read by who
 * gathers, and one file by everybody else. Journals stay the truth: news can be deleted, or be missing, and who misses some
 * reads the journals.
 */
import { unlink } from 'node:fs/promises';
import type { JournalEvent } from '../events.ts';
import { createExclusive, readJson } from '../store/files.ts';
import type { Layout } from '../store/layout.ts';
import { namesIn } from '../store/listing.ts';

/** What stands in one journal from one byte to another: each event with the byte behind its line. */
export interface JournalPart {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly events: readonly (readonly [end: number, event: JournalEvent])[];
}

export interface NewsItem {
  readonly v: 1;
  /** When it was gathered, by the clock of who did. */
  readonly at: number;
  /** Every journal was looked at, not only those that had grown lately. */
  readonly all: boolean;
  readonly journals: readonly JournalPart[];
}

export interface NewsListing {
  /** Rising. */
  readonly items: readonly number[];
  /** Phases that were begun, by the name of their mark. */
  readonly phases: readonly string[];
}

export type NewsFolder = ReturnType<Layout['study']>['news'];

export async function listNews({ folder }: NewsFolder): Promise<NewsListing> {
  const names = await namesIn(folder);
  const items = names.flatMap((name) => (/^\d+\.json$/.test(name) ? [Number.parseInt(name, 10)] : []));
  return { items: items.sort((a, b) => a - b), phases: names.filter((name) => /^phase-\d+$/.test(name)) };
}

/** Undefined where it is gone by now, or a later Retrial wrote it. */
export async function readNews(news: NewsFolder, item: number): Promise<NewsItem | undefined> {
  const read = await readJson<NewsItem>(news.item(item));
  return read?.v === 1 ? read : undefined;
}

/** So many are kept: who was away for longer reads the journals, which costs no more. */
const kept = 256;

/** False where another has that number. Those that are older than is of use go. */
export async function publishNews(news: NewsFolder, item: number, content: NewsItem): Promise<boolean> {
  if (!(await createExclusive(news.item(item), JSON.stringify(content)))) return false;
  await unlink(news.item(item - kept)).catch(() => undefined);
  return true;
}

/** Puts up the mark of a phase, once what begins it is in a journal. */
export async function markPhase(news: NewsFolder, phase: number): Promise<void> {
  await createExclusive(news.phase(phase), '');
}
