/**
 * The file of a metrics file's units: a header, then one row a unit, its name in the first column and a number in each
 * other. Commas or tabs, double quotes as RFC 4180 has them.
 */

export interface UnitsTable {
  /** As the header has them, without the first. */
  readonly columns: readonly string[];
  /** By the unit's name; `[columns]`, NaN where there is no number. */
  readonly rows: ReadonlyMap<string, Float64Array>;
}

/** Not such a file; the message says why, as the end of a sentence. */
export class UnitsError extends Error {}

export function parseUnits(text: string): UnitsTable {
  const [header = [], ...records] = recordsOf(text.replace(/^\uFEFF/, ''));
  const columns = header.slice(1);
  if (columns.length === 0) throw new UnitsError('has no columns behind the first');
  const rows = new Map<string, Float64Array>();
  for (const [unit = '', ...cells] of records) {
    if (rows.has(unit)) throw new UnitsError(`has "${unit}" twice`);
    rows.set(
      unit,
      Float64Array.from(columns, (_, i) => (cells[i]?.trim() ? Number(cells[i]) : Number.NaN)),
    );
  }
  return { columns, rows };
}

/** The first of the two that the first line holds separates. */
function recordsOf(text: string): string[][] {
  const comma = /^[^\n\t]*,/.test(text);
  const field = comma
    ? /("(?:[^"]|"")*"|(?!")[^,\r\n]*)(,|\r\n|\n|\r|$)/y
    : /("(?:[^"]|"")*"|(?!")[^\t\r\n]*)(\t|\r\n|\n|\r|$)/y;
  const records: string[][] = [];
  let record: string[] = [];
  while (field.lastIndex < text.length || record.length > 0) {
    const found = field.exec(text);
    if (found === null) throw new UnitsError(`has a broken quote in row ${records.length + 1}`);
    const [, value = '', end = ''] = found;
    record.push(value.startsWith('"') ? value.slice(1, -1).replaceAll('""', '"') : value);
    if (end === ',' || end === '\t') continue;
    if (record.length > 1 || record[0] !== '') records.push(record);
    record = [];
  }
  return records;
}
