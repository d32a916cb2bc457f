/** What a person asks the index in SQL of their own: one statement that reads, on a connection that cannot write. */
import { UserError } from '../errors.ts';
import { type Database, openDatabase, type SqlValue } from './database.ts';

export type AnyRow = Readonly<Record<string, SqlValue>>;

/**
 * @param file of the index
 * @param values in the places of `?`
 * Integers beyond 2^53 are given as texts.
 * Throws {@link UserError} for anything but one statement that reads, and with SQLite's words where it is wrong.
 */
export async function readOnly(file: string, sql: string, values: readonly SqlValue[] = []): Promise<AnyRow[]> {
  expectReading(sql);
  const db = await openDatabase(file, { readOnly: true });
  try {
    return await ask(db, sql, values);
  } finally {
    await db.close();
  }
}

/** The same of an index that is in memory. */
export async function readOnlyIn(db: Database, sql: string, values: readonly SqlValue[] = []): Promise<AnyRow[]> {
  expectReading(sql);
  try {
    return await ask(db, sql, values);
  } finally {
    await db.exec('PRAGMA query_only = OFF');
  }
}

function expectReading(sql: string): void {
  const bare = withoutTexts(sql);
  if (/;\s*\S/.test(bare))
    throw new UserError('one statement at a time, please', 'leave out what is behind the first ;');
  if (!/^\s*(select|with|values|explain)\b/i.test(bare))
    throw new UserError('the index is only read', 'a query begins with SELECT, WITH, VALUES or EXPLAIN');
}

async function ask(db: Database, sql: string, values: readonly SqlValue[]): Promise<AnyRow[]> {
  try {
    await db.exec('PRAGMA query_only = ON');
    const rows = await db.all<AnyRow>(sql, ...values);
    return rows.some((row) => Object.values(row).some(isRounded)) ? await exactly(db, sql, values, rows) : rows;
  } catch (error) {
    throw new UserError((error as Error).message, 'docs/schema.md tells the tables, views and their columns');
  }
}

/** Of an integer beyond 2^53 only the nearest number comes from SQLite. */
function isRounded(value: SqlValue): boolean {
  return Number.isInteger(value) && !Number.isSafeInteger(value);
}

/** Asks once more for such integers as texts, which hold all of their digits; the same rows where that cannot be asked. */
async function exactly(db: Database, sql: string, values: readonly SqlValue[], rows: AnyRow[]) {
  const columns = Object.keys(rows[0] ?? {}).map((name) => {
    const column = `"${name.replaceAll('"', '""')}"`;
    const isLarge = `typeof(${column}) = 'integer' AND ${column} NOT BETWEEN -9007199254740991 AND 9007199254740991`;
    return `CASE WHEN ${isLarge} THEN CAST(${column} AS TEXT) ELSE ${column} END AS ${column}`;
  });
  const inner = sql.replace(/;\s*$/, '');
  return await db.all<AnyRow>(`SELECT ${columns.join(', ')} FROM (${inner}\n)`, ...values).catch(() => rows);
}

/** The statement without comments, texts and quoted names: what is left is SQL alone. */
export function withoutTexts(sql: string): string {
  return sql.replace(/--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]/g, (token) =>
    /^(--|\/\*)/.test(token) ? ' ' : 'x',
  );
}
