/** What a person asks the index in SQL of their own: one statement that reads, on a connection that cannot write. */
import { UserError } from '../errors.ts';
import { openDatabase, type SqlValue } from './database.ts';

export type AnyRow = Readonly<Record<string, SqlValue>>;

/**
 * @param file of the index
 * @param values in the places of `?`
 * Throws {@link UserError} for anything but one statement that reads, and with SQLite's words where it is wrong.
 */
export async function readOnly(file: string, sql: string, values: readonly SqlValue[] = []): Promise<AnyRow[]> {
  const bare = withoutTexts(sql);
  if (/;\s*\S/.test(bare))
    throw new UserError('one statement at a time, please', 'leave out what is behind the first ;');
  if (!/^\s*(select|with|values|explain)\b/i.test(bare))
    throw new UserError('the index is only read', 'a query begins with SELECT, WITH, VALUES or EXPLAIN');
  const db = await openDatabase(file, { readOnly: true });
  try {
    await db.exec('PRAGMA query_only = ON');
    return await db.all<AnyRow>(sql, ...values);
  } catch (error) {
    throw new UserError((error as Error).message, 'docs/schema.md tells the tables, views and their columns');
  } finally {
    await db.close();
  }
}

/** The statement without comments, texts and quoted names: what is left is SQL alone. */
export function withoutTexts(sql: string): string {
  return sql.replace(/--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]/g, (token) =>
    /^(--|\/\*)/.test(token) ? ' ' : 'x',
  );
}
