/** What a file ends with, however long it is. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

const mostBytes = 64 * 1024;

/** Its last 64 KiB as text; undefined where it cannot be read. */
export function fileEnd(file: string): string | undefined {
  let fd: number | undefined;
  try {
    fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK); // of a pipe nobody waits for a writer
    const { size } = fstatSync(fd);
    const bytes = Buffer.alloc(Math.min(size, mostBytes));
    readSync(fd, bytes, 0, bytes.length, size - bytes.length);
    return bytes.toString('utf8');
  } catch {
    return undefined;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
