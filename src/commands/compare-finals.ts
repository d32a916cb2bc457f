/** `retrial compare STUDY --finals`: what the final runs of a study came to, beside one of them. */
import { exitCode, UserError } from '../errors.ts';
import { finalistsTable } from '../logging/finalists-table.ts';
import { oneLine } from '../logging/format.ts';
import { printJson } from '../logging/json.ts';
import { printLines, stdoutStyle } from '../logging/stdout.ts';
import type { Comparison } from '../report/comparison.ts';
import { columnsToRead, finalistCells } from '../report/finalist-cells.ts';
import { type CellOptions, printCells } from './print-cells.ts';

export interface FinalsOutput extends CellOptions {
  /** Names, `undefined` for all. */
  readonly columns: readonly string[] | undefined;
  /** As rows of cells. */
  readonly plain: boolean;
  readonly limit: number | undefined;
  readonly where: string | undefined;
}

/** Throws UserError where there is no study, or it has no final runs. */
export function printFinals({ study, finalists, title }: Comparison, options: FinalsOutput): number {
  if (study === undefined)
    throw new UserError('--finals is about one study', 'name it: retrial compare STUDY --finals');
  if (finalists === undefined) {
    const which = options.where === undefined ? '' : ` where ${options.where}`;
    throw new UserError(
      `study ${study.name} has no final runs${which}`,
      '`final:` in its sweep file asks for them, when nothing of the search is left: docs/sweep.md',
    );
  }
  if (options.plain) {
    const columns = options.columns ?? (options.md === true ? columnsToRead(finalists) : undefined);
    const { titles, rows } = finalistCells(finalists, columns);
    printCells(titles, rows.slice(0, options.limit), options);
  } else if (options.json === true) printJson(finalists);
  else {
    const { chalk, width } = stdoutStyle();
    const style = { heading: chalk.bold, ...(width === undefined ? {} : { width }) };
    const limit = options.limit === undefined ? {} : { limit: options.limit };
    printLines([oneLine(`${title}, final runs`), ...finalistsTable(finalists, { ...style, ...limit })]);
  }
  return exitCode.ok;
}
