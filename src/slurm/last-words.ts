/** What a job printed last, which is why it ended where it ended otherwise than it should. */
import { relative } from 'node:path';
import { printedInto } from './out-of-memory.ts';

const looksAt = 10;
const most = 300;

/** Of the last lines the one that says what is wrong, else the last; undefined where it printed nothing. */
export function lastLine(file: string): string | undefined {
  const lines = printedInto(file)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(-looksAt);
  const line = lines.findLast((one) => one.startsWith('error')) ?? lines.at(-1);
  return line?.slice(0, most);
}

/** `runs/…/12_0.log: error: …`, with the path from here; the path alone where it printed nothing. */
export function lastWords(file: string): string {
  const line = lastLine(file);
  return line === undefined ? relative('', file) : `${relative('', file)}: ${line}`;
}
