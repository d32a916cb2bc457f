import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { visible } from './format.ts';

const readBytes = 64 * 1024;

/** The last lines of a log without escape sequences; undefined where there is no log. Reads only the file's end. */
export function logEnd(file: string, count: number): string[] | undefined {
  const text = endOf(file);
  if (text === undefined || text.trim() === '') return text === undefined ? undefined : [];
  return text.trimEnd().split('\n').slice(-count).map(visible);
}

function endOf(file: string): string | undefined {
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch {
    return undefined;
  }
  try {
    const { size } = fstatSync(fd);
    const bytes = Buffer.alloc(Math.min(size, readBytes));
    readSync(fd, bytes, 0, bytes.length, size - bytes.length);
    return bytes.toString('utf8');
  } finally {
    closeSync(fd);
  }
}
