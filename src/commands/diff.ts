/** `retrial diff A [B]`, `diff --git REV`: two runs, a run and today, or a revision and today, field by field. */
import { dirname } from 'node:path';
import { exitCode, UserError } from '../errors.ts';
import { printJson } from '../logging/json.ts';
import { printLines, stdoutStyle } from '../logging/stdout.ts';
import { type DiffSide, diffOf } from '../report/run-diff.ts';
import { layoutOf } from '../store/layout.ts';
import { diffCells } from './diff-cells.ts';
import { diffText } from './diff-text.ts';
import { type CellOptions, printCells } from './print-cells.ts';
import { type ConfigOptions, openProject } from './project.ts';
import { type ReadingOptions, reading } from './reading.ts';

export interface DiffOptions extends ReadingOptions, ConfigOptions, CellOptions {
  /** A revision whose pipeline is compared with today's. */
  readonly git?: string;
}

/** @param b today's pipeline where absent */
export async function diff(a: string | undefined, b: string | undefined, options: DiffOptions): Promise<number> {
  const sides = await sidesOf(a, b, options);
  const { pairedOf } = await import('./diff-units.ts');
  const found = diffOf(...sides, await pairedOf(layoutOf(options.runsDir), ...sides));
  const { titles, rows } = diffCells(found);
  if (options.json === true) printJson(found);
  else if (options.csv === true || options.md === true) printCells(titles, rows, options);
  else printLines(diffText(found, stdoutStyle()));
  if (options.git !== undefined)
    process.stderr.write(`compared as declared; git diff ${options.git} tells what changed in code and data\n`);
  return exitCode.ok;
}

async function sidesOf(a: string | undefined, b: string | undefined, options: DiffOptions) {
  const { git } = options;
  if (git !== undefined) return await againstRevision(git, a, options);
  if (a === undefined) throw new UserError('name one run, or two', 'retrial diff latest compares with today');
  if (b === undefined) return await againstToday(a, options);
  if ((options.config ?? options.set) !== undefined)
    throw new UserError('-c and -s change the params of today, and neither run is today’s');
  const { recordedSide } = await import('./diff-sides.ts');
  return await reading(options, async (index, layout): Promise<[DiffSide, DiffSide]> => {
    return [await recordedSide(index, layout, a), await recordedSide(index, layout, b)];
  });
}

async function againstToday(a: string, options: DiffOptions): Promise<[DiffSide, DiffSide]> {
  const { recordedSide, todaysSide } = await import('./diff-sides.ts');
  const { pipeline, layout } = await openProject(options);
  const recorded = await reading(options, async (index) => await recordedSide(index, layout, a));
  return [recorded, await todaysSide(pipeline, layout)];
}

async function againstRevision(
  revision: string,
  a: string | undefined,
  options: DiffOptions,
): Promise<[DiffSide, DiffSide]> {
  if (a !== undefined) throw new UserError('--git compares a revision with today, and takes no run');
  const { declaredSide, revisionSide } = await import('./diff-declared.ts');
  const { pipeline } = await openProject(options);
  const overlays = { overlays: options.config ?? [], set: options.set ?? [] };
  return [await revisionSide(dirname(pipeline.file), revision, overlays), declaredSide('today', pipeline)];
}
