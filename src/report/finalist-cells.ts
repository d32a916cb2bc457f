/** Finalists as plain rows under chosen columns, for CSV, Markdown and programs. */
import { UserError } from '../errors.ts';
import { type Cell, cellOf } from '../logging/delimited.ts';
import { mostOthers } from '../logging/finalists-table.ts';
import { didYouMean } from '../pipeline/suggest.ts';
import type { Finalist, Finalists } from '../record/finalists.ts';

type Read = (row: Finalist) => Cell;

const hadValue = ({ value }: Finalist['values'][number]) => value !== null;

/** Without a chosen order: what it is, what it came to, how it differs, and what else there is. */
const before: Readonly<Record<string, Read>> = { trial: ({ trial }) => trial };
const estimates: Readonly<Record<string, Read>> = {
  low: ({ interval }) => interval?.[0] ?? null,
  high: ({ interval }) => interval?.[1] ?? null,
  seeds: ({ values }) => values.filter(hadValue).length,
  failed: ({ values }) => values.filter(({ reason }) => reason !== undefined).length,
  difference: ({ against }) => against?.difference ?? null,
  difference_low: ({ against }) => against?.interval?.[0] ?? null,
  difference_high: ({ against }) => against?.interval?.[1] ?? null,
  p: ({ against }) => against?.p ?? null,
  holm: ({ against }) => against?.holm ?? null,
};
const after: Readonly<Record<string, Read>> = {
  how: ({ how }) => how,
  difference_how: ({ against }) => against?.how ?? null,
  values: ({ values }) => JSON.stringify(values.map(({ value }) => value)),
  runs: ({ values }) => values.flatMap(({ run }) => run ?? []).join(' '),
};

/** @param wanted titles, or last parts of them; all without. Throws UserError for one that is none. */
export function finalistCells(
  finalists: Finalists,
  wanted: readonly string[] | undefined,
): { readonly titles: readonly string[]; readonly rows: readonly (readonly Cell[])[] } {
  const columns = columnsOf(finalists);
  const titles = wanted?.map((typed) => titleNamed(typed, [...columns.keys()])) ?? [...columns.keys()];
  const rows = finalists.rows.map((row) => titles.map((title) => columns.get(title)?.(row) ?? null));
  return { titles: wanted ?? titles, rows };
}

/** Those of the table in a terminal: what people read, and a page of Markdown has room for. */
export function columnsToRead(finalists: Finalists): string[] {
  const { metric, others } = finalists;
  const all = [...columnsOf(finalists).keys()];
  const arms = all.slice(1, all.indexOf(metric));
  const differences = finalists.rows.length > 1 ? ['difference', 'difference_low', 'difference_high', 'holm'] : [];
  return ['trial', ...arms, metric, 'low', 'high', 'seeds', ...differences, ...others.slice(0, mostOthers)];
}

function columnsOf({ metric, others, rows }: Finalists): Map<string, Read> {
  const columns = new Map(Object.entries(before));
  const own = [...Object.keys({ ...before, ...estimates, ...after }), metric, ...others];
  const params = new Set(rows.flatMap(({ arm }) => Object.keys(arm)));
  for (const name of params)
    columns.set(own.includes(name) ? `params.${name}` : name, ({ arm }) =>
      Object.hasOwn(arm, name) ? cellOf(arm[name]) : null,
    );
  columns.set(metric, ({ mean }) => mean);
  for (const [title, read] of Object.entries(estimates)) columns.set(title, read);
  for (const name of others)
    columns.set(name, ({ means }) => (Object.hasOwn(means, name) ? (means[name] ?? null) : null));
  for (const [title, read] of Object.entries(after)) columns.set(title, read);
  return columns;
}

function titleNamed(typed: string, titles: readonly string[]): string {
  const found = titles.includes(typed) ? [typed] : titles.filter((title) => title.endsWith(`.${typed}`));
  const [only, ...more] = found;
  if (only !== undefined && more.length === 0) return only;
  if (only !== undefined)
    throw new UserError(`--columns: "${typed}" may be any of ${found.join(', ')}`, 'write more of the name');
  throw new UserError(
    `--columns: the final runs have no column "${typed}"`,
    didYouMean(typed, titles).hint ?? `there are ${titles.join(', ')}`,
  );
}
