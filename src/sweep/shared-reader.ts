/**
 * Follows a study on which very many work. While few journals grow each is read on from where it was left. With more of
 * them one reader at a time gathers what they say into files of news (study-news.ts) and the others read those: what a look
 * costs does not grow with the number of workers, and what is known may be some seconds old.
 */
import { removeClaims, tryClaim } from '../store/claims.ts';
import type { Layout } from '../store/layout.ts';
import { few, fraction } from './journal-positions.ts';
import { inTurns, type JournalReader, journalReader } from './journal-reader.ts';
import { listNews, type NewsFolder, type NewsListing, publishNews, readNews } from './study-news.ts';
import type { StudyReader, StudyState } from './study-state.ts';

export interface SharedReader extends StudyReader {
  /** Looks at every journal: nothing that was written before is missing then. */
  readAll(): Promise<StudyState>;
}

/** More journals that may have grown are not read one by one. */
const many = 2 * few;
/** News is gathered where there is none of the last seconds, nor of the last part of the time for which a reader was away. */
const freshMs = 3_000;
/** Who never gathers reads all where nobody else has gathered for so long. */
const unfedMs = 10_000;
/** So often who gathers looks also at journals that have been silent for long. */
const everyMs = 60_000;

interface Reading {
  readonly journals: JournalReader;
  readonly news: NewsFolder;
  readonly looksOnly: boolean;
  readonly now: () => number;
  readonly date: () => number;
  /** Marks of phases that were there when all was read. */
  phases: readonly string[];
  /** The last item of news that was taken in, or that was there when all was read. */
  item: number;
  /** When that was gathered, by the clock of who did, and when it was seen, by that of this process. */
  gatheredAt: number;
  seenMs: number;
  usesNews: boolean;
  /** When the last reading ended; undefined before the first. */
  readMs?: number;
}

export interface ReaderOptions {
  /** Only looks, and never gathers for others. */
  readonly looksOnly?: boolean;
  /** Milliseconds of a clock that only goes on. */
  readonly now?: () => number;
  /** Milliseconds of the clock by which others tell the time. */
  readonly date?: () => number;
}

export function sharedReader(
  { journals, news }: ReturnType<Layout['study']>,
  options: ReaderOptions = {},
): SharedReader {
  const { looksOnly = false, now = performance.now.bind(performance), date = Date.now } = options;
  const none = { phases: [], item: 0, gatheredAt: 0, seenMs: 0, usesNews: false };
  const reading: Reading = { ...none, looksOnly, now, date, journals: journalReader(journals, now), news };
  let last: Promise<StudyState> = Promise.resolve(reading.journals.state);
  const afterLast = (read: (reading: Reading) => Promise<void>) => {
    const next = async () => {
      await read(reading);
      reading.readMs = reading.now();
      return reading.journals.state;
    };
    last = last.then(next, next);
    return last;
  };
  return { read: () => afterLast(readOn), readAll: () => afterLast(readEvery) };
}

async function readOn(reading: Reading): Promise<void> {
  if (reading.readMs === undefined) return readEvery(reading);
  if (reading.usesNews) return followNews(reading, reading.now() - reading.readMs);
  const due = reading.journals.due(await reading.journals.list());
  if (due.length > many) return followNews(reading, reading.now() - reading.readMs);
  await reading.journals.read(due);
}

async function readEvery(reading: Reading): Promise<void> {
  const { items, phases } = await listNews(reading.news); // before the journals, which then say all that is in it
  const names = await reading.journals.list();
  await reading.journals.read(names);
  reading.journals.lookedAtAll();
  reading.phases = phases;
  reading.usesNews = names.length > many;
  seen(reading, items.at(-1) ?? 0, reading.date());
}

function seen(reading: Reading, item: number, gatheredAt: number): void {
  Object.assign(reading, { item, gatheredAt, seenMs: reading.now() });
}

async function followNews(reading: Reading, awayMs: number): Promise<void> {
  reading.usesNews = true;
  const listing = await listNews(reading.news);
  if (!(await takeNews(reading, listing))) return readEvery(reading);
  // Clocks differ: where that of who gathered is ahead, its news is old once it was seen at the reading before.
  const ageMs = Math.max(reading.date() - reading.gatheredAt, reading.now() - reading.seenMs);
  if (reading.looksOnly) return ageMs > unfedMs ? readEvery(reading) : undefined;
  if (ageMs > Math.max(freshMs, awayMs / fraction)) await gather(reading);
}

/** @returns false where the journals have to be read: another phase has begun, or some news is gone, or too many to read */
async function takeNews(reading: Reading, { items, phases }: NewsListing): Promise<boolean> {
  if (phases.some((phase) => !reading.phases.includes(phase))) return false;
  const further = items.filter((item) => item > reading.item);
  if ((items.at(-1) ?? 0) < reading.item) return false;
  if (further.length === 0) return true;
  if (further[0] !== reading.item + 1) return false;
  const behind = new Set<string>();
  for (const item of await inTurns(further, (at) => readNews(reading.news, at))) {
    if (item === undefined) return false;
    for (const name of reading.journals.take(item.journals)) behind.add(name);
    if (item.all) reading.journals.lookedAtAll();
    seen(reading, reading.item + 1, item.at);
  }
  await reading.journals.read([...behind]);
  return true;
}

/** One at a time does; who finds that another does goes on with what it has. */
async function gather(reading: Reading): Promise<void> {
  const { news } = reading;
  const attempt = await tryClaim(news.gathering);
  if (attempt.kind !== 'owned') return;
  try {
    const listing = await listNews(news);
    const isNew = (listing.items.at(-1) ?? 0) > reading.item; // gathered before it was claimed here
    if (!isNew) await gatherAs(reading, reading.item + 1);
    else if (!(await takeNews(reading, listing))) await readEvery(reading);
  } finally {
    await removeClaims(news.gathering);
    await attempt.claim.end({ state: 'released' });
  }
}

async function gatherAs(reading: Reading, item: number): Promise<void> {
  const { journals } = reading;
  const names = await journals.list();
  const due = journals.due(names);
  const all = reading.now() - journals.lookedAtAllMs > everyMs;
  const at = reading.date();
  const parts = await journals.read(all ? names : due);
  if (all) journals.lookedAtAll();
  reading.usesNews = due.length > many;
  if (!reading.usesNews) return;
  if (await publishNews(reading.news, item, { v: 1, at, all, journals: parts })) seen(reading, item, at);
}
