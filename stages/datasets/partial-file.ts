/** What of a pinned file is there already: in memory, and where a folder is given in a file that outlives the process. */
import { closeSync, constants, ftruncateSync, mkdirSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Pin } from './fetch-pinned.ts';

export interface PartialFile {
  /** The bytes from the start that are there: a view. */
  content(): Uint8Array;
  /** Throws RangeError beyond the pinned size. */
  append(chunk: Uint8Array): void;
  /** Begins anew. */
  clear(): void;
  /** Closes the file, and removes it where the content is no longer needed. */
  close(options: { readonly keep: boolean }): void;
}

/**
 * The file is named by the pinned hash, so that what one address sent is continued from any other. Writes are at the
 * place the bytes have: two processes that fetch the same do not harm each other, and the hash decides at the end.
 *
 * @param folder made where it is missing; empty to keep nothing.
 */
export function openPartial(pin: Pin, folder: string): PartialFile {
  const buffer = Buffer.alloc(pin.bytes);
  const path = join(folder, `${pin.sha256}.part`);
  if (folder !== '') mkdirSync(folder, { recursive: true });
  const file = folder === '' ? undefined : openSync(path, constants.O_RDWR | constants.O_CREAT);
  let length = file === undefined ? 0 : readAll(file, buffer);
  return {
    content: () => buffer.subarray(0, length),
    append(chunk) {
      if (length + chunk.length > pin.bytes) throw new RangeError(`more than ${pin.bytes} bytes`);
      buffer.set(chunk, length);
      if (file !== undefined) writeSync(file, chunk, 0, chunk.length, length);
      length += chunk.length;
    },
    clear() {
      length = 0;
      if (file !== undefined) ftruncateSync(file);
    },
    close({ keep }) {
      if (file === undefined) return;
      closeSync(file);
      if (!keep) rmSync(path, { force: true });
    },
  };
}

/** @returns how many bytes the file holds; of one that is too long, which is none of ours, nothing. */
function readAll(file: number, into: Buffer): number {
  let length = 0;
  for (;;) {
    const read = readSync(file, into, length, into.length - length, length);
    if (read === 0) break;
    length += read;
  }
  return length === into.length && readSync(file, Buffer.alloc(1), 0, 1, length) > 0 ? 0 : length;
}
