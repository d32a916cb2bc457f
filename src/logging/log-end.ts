import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { visible } from './format.ts';

const readBytes = 64 * 1024;
const longestLine = 1000;

/**
 * The last lines of a log without escape sequences, of long ones the end; undefined where there is no log. Reads only
 * the file's end.
 */
export function logEnd(file: string, count: number): string[] | undefined {
  const text = endOf(file);
  if (text === undefined || text.trim() === '') return text === undefined ? undefined : [];
  return text
    .trimEnd()
    .split('\n')
    .slice(-count)
    .map((line) => endOfLine(visible(line)));
}

function endOfLine(line: string): string {
  return line.length <= longestLine ? line : `…${line.slice(-longestLine)}`;
}

function endOf(file: string): string | undefined {
  let fd: number;
  try {
    fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK); // of a pipe nobody waits for a writer
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
