/**
 * Where very many workers on one study begin to hurt: what an ask costs beside 1, 10, 100 and 1,000 workers, with 1,000, 10,000
 * and 100,000 trials on record.
 *
 *     npm run bench:scale [-- --workers 1,10,100,1000 --trials 1000,10000,100000 --sampler random]
 *
 * One process plays all others: it writes what they would have written (journals of their own, claims), each of which tells a
 * trial and asks for another in a minute of a clock that is turned on. Two real workers are among them: one that looks every
 * sixteenth of that minute, and gathers news for all where there are many, and one whose ask and tell are measured.
 *
 * On a file system that many machines share an operation is a question to a server, of about a millisecond: their number
 * counts, whatever a local disk takes.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Cell } from './scale-cell.ts';

const { values } = parseArgs({
  options: {
    workers: { type: 'string', default: '1,10,100,1000' },
    trials: { type: 'string', default: '1000,10000,100000' },
    sampler: { type: 'string', default: 'random' },
  },
});

const numbers = (text: string) => text.split(',').map(Number);

console.log(
  '| workers | trials | operations an ask | KB read | ms here | one gathering | its KB | opening | heap MB | leaderboard ms |',
);
console.log('|---|---|---|---|---|---|---|---|---|---|');
for (const trials of numbers(values.trials))
  for (const workers of numbers(values.workers)) row(measured(workers, trials, values.sampler));

/** In a process of its own, for its memory. */
function measured(workers: number, trials: number, sampler: string): Cell {
  const args = ['--expose-gc', '--import', 'tsx', join(import.meta.dirname, 'scale-cell.ts')];
  const text = execFileSync(process.execPath, [...args, String(workers), String(trials), sampler], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(text) as Cell;
}

function row({ workers, trials, ask, gather, start, heapMb, leaderboardMs }: Cell): void {
  const cells = [workers, trials, ask.operations, ask.bytes / 1000, ask.ms, gather.operations, gather.bytes / 1000];
  const more = [start.operations, heapMb, leaderboardMs];
  console.log(`| ${[...cells, ...more].map((value) => value.toFixed(0)).join(' | ')} |`);
}
