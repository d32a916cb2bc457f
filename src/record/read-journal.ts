/** Reads a journal from a byte offset on: whole lines only, whatever a crash left between and behind them. */
import type { Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { JournalEvent } from '../events.ts';
import { unlessStale } from '../store/files.ts';
import { journalVersion } from './journal.ts';

/** One line; `end` is the offset to go on from. */
export type JournalEntry = { readonly offset: number; readonly end: number } & (
  | { readonly kind: 'event'; readonly event: JournalEvent }
  /** The line is damaged; it was skipped. */
  | { readonly kind: 'problem'; readonly message: string }
  /** A later Retrial wrote it. */
  | { readonly kind: 'unknown'; readonly type: string }
);

const eventTypes: Readonly<Record<JournalEvent['type'], true>> = {
  'run-started': true,
  'stage-started': true,
  'stage-finished': true,
  'run-finished': true,
  'run-reproduced': true,
  'run-marked': true,
  'run-removed': true,
  'study-started': true,
  'trial-asked': true,
  'trial-left': true,
  'trial-reported': true,
  'trial-told': true,
  'replicate-told': true,
  'trial-reopened': true,
  'final-told': true,
  'final-reopened': true,
};

/** On a network file system a page can become visible after the one behind it; older holes are there to stay. */
const holeSettlesMs = 60_000;
const newline = 10;

/**
 * The entries of `file` from `fromOffset` (0, or an earlier entry's `end`) on. A last line without its end is left for
 * the next reading, as is everything behind a run of NUL bytes in a file written to within the last minute.
 */
export async function* readJournal(file: string, fromOffset = 0): AsyncGenerator<JournalEntry> {
  const opened = await openStanding(file);
  try {
    const { mtimeMs, size } = opened.at;
    const settled = Date.now() - mtimeMs > holeSettlesMs;
    for await (const { bytes, offset } of lines(opened, fromOffset, size)) {
      if (!settled && bytes.includes(0)) return;
      const end = offset + bytes.length + 1;
      const text = withoutHole(bytes).toString('utf8').trim();
      if (text !== '' || bytes.includes(0)) yield { offset, end, ...parseLine(text) };
    }
  } finally {
    await opened.handle.close();
  }
}

interface Opened {
  readonly file: string;
  readonly at: Stats;
  handle: FileHandle;
}

async function openStanding(file: string): Promise<Opened> {
  return await unlessStale(async () => {
    const handle = await open(file);
    try {
      return { file, handle, at: await handle.stat() };
    } catch (error) {
      await handle.close();
      throw error;
    }
  });
}

/** Where the handle has gone stale the file is opened again. */
async function readAt(opened: Opened, chunk: Buffer, length: number, at: number): Promise<number> {
  let isFirst = true;
  return await unlessStale(async () => {
    if (!isFirst) {
      await opened.handle.close();
      opened.handle = (await openStanding(opened.file)).handle;
    }
    isFirst = false;
    return (await opened.handle.read(chunk, 0, length, at)).bytesRead;
  });
}

/** NUL bytes that a crash left before a line do not belong to it; inside of one they make it damaged. */
function withoutHole(bytes: Buffer): Buffer {
  let start = 0;
  while (start < bytes.length && bytes[start] === 0) start++;
  return bytes.subarray(start);
}

type Parsed =
  | { readonly kind: 'event'; readonly event: JournalEvent }
  | { readonly kind: 'problem'; readonly message: string }
  | { readonly kind: 'unknown'; readonly type: string };

function parseLine(text: string): Parsed {
  if (text === '') return { kind: 'problem', message: 'a hole of NUL bytes, as a crash leaves' };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { kind: 'problem', message: `not JSON: ${(error as Error).message}` };
  }
  if (!isObject(value) || typeof value.type !== 'string') return { kind: 'problem', message: 'not an event' };
  const { v, type } = value;
  if (v !== journalVersion || !Object.hasOwn(eventTypes, type as string))
    return { kind: 'unknown', type: `${String(type)} v${String(v)}` };
  return { kind: 'event', event: value as unknown as JournalEvent };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Whole lines with their offsets; memory holds one chunk, or one line where that is longer. It ends at `to`: who read
 * to the end of a file that grows as fast would never be done.
 */
async function* lines(opened: Opened, from: number, to: number): AsyncGenerator<{ bytes: Buffer; offset: number }> {
  const chunk = Buffer.alloc(1 << 16);
  let rest: Buffer = Buffer.alloc(0);
  let restAt = from;
  for (let at = from; at < to; ) {
    const bytesRead = await readAt(opened, chunk, Math.min(chunk.length, to - at), at);
    if (bytesRead === 0) return;
    at += bytesRead;
    let data = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
    for (let end = data.indexOf(newline); end >= 0; end = data.indexOf(newline)) {
      yield { bytes: data.subarray(0, end), offset: restAt };
      restAt += end + 1;
      data = data.subarray(end + 1);
    }
    rest = data;
  }
}
