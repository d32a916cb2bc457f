/**
 * The append-only record of what was attempted. Each writer has a file of its own, so nobody ever waits for a lock and
 * a shared file system cannot mix lines; one event is one line, written by one `write` call.
 *
 * Appends are not synced: the store says what exists, so a power failure can lose the news of a result and never the
 * result. {@link JournalWriter.sync} and {@link JournalWriter.close} sync.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { JournalEvent } from '../events.ts';

/** Version of a line's format. A reader skips, and counts, lines of a later one. */
export const journalVersion = 1;

export interface JournalWriter {
  /** Where it writes; the file exists from the first event on. */
  readonly file: string;
  /** Adds one line. Throws what the file system throws (ENOSPC, EIO); the journal stays readable then. */
  append(event: JournalEvent): void;
  /** What was appended is on the disk afterwards: for a word that others rely on. Without any it does nothing. */
  sync(): void;
  /** Syncs and closes; nothing may be appended after it. Closing again does nothing. */
  close(): void;
}

/**
 * A new journal in `folder` (made with the file). The file is created at the first event: a command that does nothing
 * writes nothing. Names sort by the time they were opened.
 */
export function openJournal(folder: string): JournalWriter {
  const file = join(folder, journalName());
  let fd: number | 'unopened' | 'closed' = 'unopened';
  let torn = false;
  return {
    file,
    append(event) {
      if (fd === 'closed') throw new Error(`journal is closed: ${file}`);
      if (fd === 'unopened') fd = create(folder, file);
      const line = `${torn ? '\n' : ''}${JSON.stringify({ v: journalVersion, ...event })}\n`;
      // Until the whole line is in, what is there may be a part of one: the next append then ends it first.
      torn = true;
      writeWhole(fd, Buffer.from(line));
      torn = false;
    },
    sync() {
      if (typeof fd === 'number') fsyncSync(fd);
    },
    close() {
      if (typeof fd === 'number') {
        fsyncSync(fd);
        closeSync(fd);
      }
      fd = 'closed';
    },
  };
}

function create(folder: string, file: string): number {
  mkdirSync(folder, { recursive: true });
  return openSync(file, 'ax');
}

/** One write as a rule; a short one (a full disk, a signal) is continued, so that no half line is left behind. */
function writeWhole(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
}

/** `<start>-<host>-<pid>-<random>.jsonl` */
function journalName(): string {
  const start = new Date().toISOString().replaceAll(/[-:.]/g, '');
  const host = hostname().replaceAll(/[^A-Za-z0-9_.]/g, '_');
  return `${start}-${host}-${process.pid}-${randomBytes(4).toString('hex')}.jsonl`;
}
