/** A log to a stream as the bytes it is: lines of any length, in any encoding, in flat memory. */
import { once } from 'node:events';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { isErrno } from '../store/files.ts';

const chunkBytes = 64 << 10;

/**
 * Writes what the file has from `offset` on.
 * @param before is called once, before the first byte
 * @returns where the file ended; `offset` where there is none
 */
export async function writeFrom(path: string, offset: number, to: Writable, before?: () => void): Promise<number> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  });
  if (file === undefined) return offset;
  try {
    if (!(await file.stat()).isFile()) return offset; // a pipe or a device in its place might never end
    for (let at = offset; ; ) {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(chunkBytes), 0, chunkBytes, at);
      if (bytesRead === 0) return at;
      if (at === offset) before?.();
      at += bytesRead;
      if (!to.write(buffer.subarray(0, bytesRead))) await once(to, 'drain');
    }
  } finally {
    await file.close();
  }
}
