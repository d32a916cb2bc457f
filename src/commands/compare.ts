/** `retrial compare [SELECT…]`: runs beside each other, as one page that needs no network, or in the terminal. */
import { join, relative } from 'node:path';
import { exitCode, UserError } from '../errors.ts';
import { printJson } from '../logging/json.ts';
import { printLines, stdoutStyle } from '../logging/stdout.ts';
import type { Comparison } from '../report/comparison.ts';
import { comparisonOf } from '../report/from-record.ts';
import { inDepth } from '../report/in-depth.ts';
import { leaderboard } from '../report/leaderboard.ts';
import { namesIn } from '../report/names-in.ts';
import { inOrder } from '../report/ranking.ts';
import { hashColumns, runCells } from '../report/run-columns.ts';
import { layoutOf } from '../store/layout.ts';
import { type FinalsOutput, printFinals } from './compare-finals.ts';
import { type CellOptions, checkForm, printCells } from './print-cells.ts';
import { type ReadingOptions, reading } from './reading.ts';
import { columnsOf } from './runs.ts';
import { writeOutput } from './write-output.ts';

export interface CompareOptions extends ReadingOptions, CellOptions {
  /** Relative to the working directory; `compare.html` in the `runs/` folder where absent. */
  readonly output?: string;
  /** To rank by; the last part of its name where that is one metric's alone. */
  readonly metric?: string;
  /** A filter: docs/filter.md. */
  readonly where?: string;
  /** In the terminal alone: no page is written, unless it is named. */
  readonly text?: boolean;
  /** Names with commas between. */
  readonly columns?: string;
  /** At most so many runs, or trials, of each group in the terminal. */
  readonly limit?: number;
  /** The final runs of a study alone. */
  readonly finals?: boolean;
  /** Of these the one that the others are compared with: a trial, or params of its arm. */
  readonly baseline?: string;
}

const shownRuns = 20;

/** @param selection hashes, `HASH@2`, `latest`, names of studies; without any the newest study, or all runs */
export async function compare(selection: readonly string[], options: CompareOptions): Promise<number> {
  checkForm(options);
  if (options.baseline !== undefined && options.finals !== true)
    throw new UserError(
      '--baseline is about final runs',
      'add --finals; on the page the pin of a run makes it the baseline',
    );
  const { metric, where, baseline } = options;
  const asked = options.finals === true ? { where, finals: { metric, baseline } } : { metric, where };
  const comparison = await reading(options, (index, layout) => comparisonOf(index, layout, selection, asked));
  if (comparison.runs.length === 0 && options.where !== undefined)
    throw new UserError(`no run matches --where ${options.where}`);
  if (comparison.runs.length === 0) throw new UserError('there is no run to compare', 'start one with `retrial run`');
  const file = await writePage(comparison, options);
  if (options.finals === true) return printFinals(comparison, finalsOutput(options));
  if (isPlain(options)) {
    const all = inOrder(comparison);
    const names = { params: namesIn(all, 'params'), metrics: namesIn(all, 'metrics') };
    const { titles, rows } = runCells(all.slice(0, options.limit), columnsOf(options.columns), names);
    printCells(titles, rows, options, hashColumns);
  } else if (options.json) printJson({ ...(file === undefined ? {} : { file }), ...comparison });
  else {
    const lines = leaderboard(comparison, { ...stdoutStyle(), limit: options.limit ?? shownRuns });
    printLines([...lines, ...(file === undefined ? [] : ['', relative('', file)])]);
  }
  return exitCode.ok;
}

const isPlain = ({ columns, csv, md }: CompareOptions) => columns !== undefined || csv === true || md === true;

function finalsOutput(options: CompareOptions): FinalsOutput {
  const { limit, where } = options;
  return { ...options, columns: columnsOf(options.columns), plain: isPlain(options), limit, where };
}

/** Where it was written; nowhere where a text was asked for, and no page. */
async function writePage(comparison: Comparison, options: CompareOptions): Promise<string | undefined> {
  const isTold = options.text === true || options.finals === true || isPlain(options);
  if (options.output === undefined && isTold) return undefined;
  const file = options.output ?? join(options.runsDir, 'compare.html');
  const { comparisonHtml } = await import('../report/html.ts');
  const shown = await inDepth(layoutOf(options.runsDir), comparison);
  return await writeOutput(file, await comparisonHtml(shown));
}
