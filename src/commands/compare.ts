/** `retrial compare [SELECT…]`: runs beside each other, as one page that needs no network. */
import { join, relative, resolve } from 'node:path';
import { exitCode, UserError } from '../errors.ts';
import { printJson } from '../logging/json.ts';
import { printLines, stdoutStyle } from '../logging/stdout.ts';
import { comparisonOf } from '../report/from-record.ts';
import { comparisonHtml } from '../report/html.ts';
import { inDepth } from '../report/in-depth.ts';
import { leaderboard } from '../report/leaderboard.ts';
import { writeAtomic } from '../store/files.ts';
import { type ReadingOptions, reading } from './reading.ts';

export interface CompareOptions extends ReadingOptions {
  /** Relative to the working directory; `compare.html` in the `runs/` folder where absent. */
  readonly output?: string;
  /** To rank by; the last part of its name where that is one metric's alone. */
  readonly metric?: string;
}

const shownRuns = 20;

/** @param selection hashes, `HASH@2`, `latest`, names of studies; without any the newest study, or all runs */
export async function compare(selection: readonly string[], options: CompareOptions): Promise<number> {
  const [comparison, shown] = await reading(options, async (index, layout) => {
    const found = await comparisonOf(index, layout, selection, options);
    return [found, await inDepth(layout, found)] as const;
  });
  if (comparison.runs.length === 0) throw new UserError('there is no run to compare', 'start one with `retrial run`');
  const file = options.output === undefined ? join(options.runsDir, 'compare.html') : resolve(options.output);
  await writeAtomic(file, await comparisonHtml(shown));
  if (options.json) printJson({ file, ...comparison });
  else printLines([...leaderboard(comparison, { ...stdoutStyle(), limit: shownRuns }), '', relative('', file)]);
  return exitCode.ok;
}
