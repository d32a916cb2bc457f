/** `retrial query SQL`: the index, asked in SQL; docs/schema.md tells its tables and views. */
import { existsSync } from 'node:fs';
import { exitCode, UserError } from '../errors.ts';
import { printJson } from '../logging/json.ts';
import { type CellOptions, printCells } from './print-cells.ts';
import { type ReadingOptions, reading } from './reading.ts';

export type QueryOptions = ReadingOptions & CellOptions;

export async function query(sql: string, options: QueryOptions): Promise<number> {
  if (!existsSync(options.runsDir)) throw new UserError('there is no run yet', 'start one with `retrial run`');
  const rows = await reading(options, async (index) => await index.ask(sql));
  if (options.json === true) {
    printJson(rows);
    return exitCode.ok;
  }
  const titles = Object.keys(rows[0] ?? {});
  const cells = rows.map((row) => titles.map((title) => row[title] ?? null));
  if (rows.length > 0 || options.csv === true || options.md === true) printCells(titles, cells, options);
  return exitCode.ok;
}
