/** `retrial export [SELECT…] --to FORMAT -o TARGET`: runs for other tools. */
import { existsSync } from 'node:fs';
import { exitCode, UserError, unreachable } from '../errors.ts';
import { type ExportedRun, exportedRuns } from '../export/exported-runs.ts';
import type { ExportFormat } from '../export/formats.ts';
import { latexTable } from '../export/latex.ts';
import { metricsOf, type OptunaStudy, optunaJournal } from '../export/optuna.ts';
import { runsCsv, runsJsonl } from '../export/run-rows.ts';
import { tableOf } from '../export/tabled-runs.ts';
import type { Index } from '../record/open-index.ts';
import { unknownStudy } from '../record/select-runs.ts';
import type { Layout } from '../store/layout.ts';
import { studyReader } from '../sweep/study-state.ts';
import { toMlflow } from './export-mlflow.ts';
import { type ReadingOptions, reading } from './reading.ts';
import { writeOutput } from './write-output.ts';

export interface ExportToOptions extends ReadingOptions {
  readonly to: ExportFormat;
  /** A file relative to the working directory, `-` for stdout, or of a server its address. */
  readonly output?: string;
  /** Of a table: full names, or their last parts where those are one metric's alone. */
  readonly metric?: readonly string[];
  /** Params that tell the runs of one setting apart, beside those of the studies. */
  readonly over?: readonly string[];
  /** Of MLflow; the study where it is one in whole, else the project's folder. */
  readonly experiment?: string;
  /** Replace a journal that is there. */
  readonly force?: boolean;
}

/** @param selection as of `compare`: hashes, `HASH@2`, `latest`, names of studies */
export async function exportTo(selection: readonly string[], options: ExportToOptions): Promise<number> {
  const { output } = options;
  if (output === undefined) throw new UserError(`--to ${options.to} needs -o`, whereTo(options.to));
  if (options.to !== 'latex') refuse(options, 'latex', ['metric', 'over']);
  if (options.to !== 'mlflow') refuse(options, 'mlflow', ['experiment']);
  switch (options.to) {
    case 'csv':
      return await write(output, await rows(selection, options, runsCsv));
    case 'jsonl':
      return await write(output, await rows(selection, options, runsJsonl));
    case 'optuna':
      refuseJournal(options, output);
      return await write(output, await reading(options, (index, layout) => optuna(index, layout, selection)));
    case 'latex':
      return await write(output, latexTable(await reading(options, (index) => tableOf(index, selection, options))));
    case 'mlflow':
      return await toMlflow(selection, output, options);
    default:
      return unreachable(options.to);
  }
}

function whereTo(format: ExportFormat): string {
  return format === 'mlflow' ? 'the address of a server: -o http://127.0.0.1:5000' : 'a file, or - for stdout';
}

type FormatOption = 'metric' | 'over' | 'experiment';

function refuse(options: ExportToOptions, format: ExportFormat, names: readonly FormatOption[]): void {
  for (const name of names)
    if (options[name] !== undefined) throw new UserError(`--${name} is of --to ${format} alone`, 'leave it out');
}

async function rows(
  selection: readonly string[],
  options: ExportToOptions,
  text: (runs: readonly ExportedRun[]) => string,
): Promise<string> {
  return await reading(options, async (index) => text((await exportedRuns(index, selection)).runs));
}

/** Optuna goes on in a journal: one that is there may hold what is nowhere else. */
function refuseJournal({ force }: ExportToOptions, output: string): void {
  if (output !== '-' && force !== true && existsSync(output))
    throw new UserError(`${output} is there already`, 'name another file, or replace it with --force');
}

/** @param selection names of studies; the newest where there is none */
async function optuna(index: Index, layout: Layout, selection: readonly string[]): Promise<string> {
  const known = (await index.studies()).map(({ name }) => name);
  const names = selection.length === 0 ? known.slice(0, 1) : [...new Set(selection)];
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw unknownStudy(unknown, known);
  const studies: OptunaStudy[] = [];
  for (const name of names)
    studies.push({
      name,
      state: await studyReader(layout.study(name).journals).read(),
      trials: await index.trials(name),
    });
  const lost = studies.find((study) => metricsOf(study).length === 0);
  if (studies.length === 0) throw new UserError('there is no study to export', 'start one with `retrial sweep FILE`');
  if (lost !== undefined)
    throw new UserError(`the record does not tell what study "${lost.name}" was after`, 'leave it out');
  return optunaJournal(studies);
}

/** Whole or not at all. */
async function write(output: string, text: string): Promise<number> {
  if (output === '-') process.stdout.write(text);
  else process.stdout.write(`${await writeOutput(output, text)}\n`);
  return exitCode.ok;
}
