/** `retrial query SQL`: the index, asked in SQL; docs/schema.md tells its tables and views. */
import { existsSync } from 'node:fs';
import { exitCode, UserError } from '../errors.ts';
import { csv } from '../logging/delimited.ts';
import { oneLine } from '../logging/format.ts';
import { printJson } from '../logging/json.ts';
import { printLines, stdoutStyle } from '../logging/stdout.ts';
import { table } from '../logging/table.ts';
import type { AnyRow } from '../record/read-only.ts';
import { type ReadingOptions, reading } from './reading.ts';

export interface QueryOptions extends ReadingOptions {
  readonly csv?: boolean;
}

export async function query(sql: string, options: QueryOptions): Promise<number> {
  if (!existsSync(options.runsDir)) throw new UserError('there is no run yet', 'start one with `retrial run`');
  const rows = await reading(options, async (index) => await index.ask(sql));
  if (options.json === true) {
    printJson(rows);
    return exitCode.ok;
  }
  const titles = Object.keys(rows[0] ?? {});
  const cells = rows.map((row) => titles.map((title) => row[title] ?? null));
  if (options.csv === true) process.stdout.write(csv(titles, cells));
  else if (rows.length > 0) printLines(drawn(titles, rows));
  return exitCode.ok;
}

function drawn(titles: readonly string[], rows: readonly AnyRow[]): readonly string[] {
  const isNumber = (title: string) => rows.every((row) => typeof row[title] === 'number' || row[title] === null);
  const columns = titles.map((title) => ({
    title,
    shrinkTo: 12,
    ...(isNumber(title) ? { align: 'right' as const } : {}),
  }));
  const { chalk, ...style } = stdoutStyle();
  const cells = rows.map((row) => titles.map((title) => oneLine(String(row[title] ?? ''))));
  return table(columns, cells, { ...style, heading: chalk.bold }).lines;
}
