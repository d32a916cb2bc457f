/** Rows of cells in the form that was asked for: CSV, Markdown, JSON, or a table that fits the terminal. */
import { UserError } from '../errors.ts';
import { short } from '../hash.ts';
import { type Cell, csv, markdown } from '../logging/delimited.ts';
import { oneLine } from '../logging/format.ts';
import { printJson } from '../logging/json.ts';
import { printLines, stdoutStyle } from '../logging/stdout.ts';
import { noRoomLine, table } from '../logging/table.ts';

export interface CellOptions {
  readonly csv?: boolean;
  readonly md?: boolean;
  readonly json?: boolean;
}

/** Throws UserError where several forms are asked for, of which one alone can be printed. */
export function checkForm({ csv: asCsv, md, json }: CellOptions): void {
  const forms = Object.entries({ '--csv': asCsv, '--md': md, '--json': json }).flatMap(([name, is]) =>
    is ? name : [],
  );
  if (forms.length > 1)
    throw new UserError(`${forms.join(' and ')} cannot be printed at once`, 'leave all but one out');
}

/** @param hashes titles of columns whose cells people see as short as in other tables; programs get all of them */
export function printCells(
  titles: readonly string[],
  rows: readonly (readonly Cell[])[],
  options: CellOptions,
  hashes: readonly string[] = [],
): void {
  if (options.md === true) process.stdout.write(markdown(titles, rows));
  else if (options.csv === true) process.stdout.write(csv(titles, rows));
  else if (options.json === true)
    printJson(rows.map((row) => Object.fromEntries(titles.map((title, at) => [title, row[at] ?? null]))));
  else printLines(cellTable(titles, rows, hashes));
}

/** The first column stays; of the others the last are left out where there is no room. */
function cellTable(titles: readonly string[], rows: readonly (readonly Cell[])[], hashes: readonly string[]): string[] {
  const { chalk, width } = stdoutStyle();
  const isNumber = (at: number) => rows.every((row) => typeof row[at] === 'number' || row[at] === null);
  const columns = titles.map((title, at) => ({
    title: oneLine(title),
    ...(isNumber(at) ? { align: 'right' as const } : { shrinkTo: Math.max(12, title.length) }),
    ...(at === 0 ? {} : { dropAfter: 1 }),
  }));
  const cells = rows.map((row) => row.map((cell, at) => cellText(cell, hashes.includes(titles[at] ?? ''))));
  const { lines, dropped } = table(columns, cells, { ...(width === undefined ? {} : { width }), heading: chalk.bold });
  const note = noRoomLine(dropped, width, '; --csv has them');
  return [...lines, ...note.map((line) => chalk.dim(line))];
}

function cellText(cell: Cell, isHash: boolean): string {
  if (cell === null) return '';
  return oneLine(isHash ? short(String(cell)) : String(cell));
}
