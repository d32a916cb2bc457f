import { fileEnd } from '../store/file-end.ts';
import { visible } from './format.ts';

const longestLine = 1000;

/**
 * The last lines of a log without escape sequences, of long ones the end; undefined where there is no log. Reads only
 * the file's end.
 */
export function logEnd(file: string, count: number): string[] | undefined {
  const text = fileEnd(file);
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
