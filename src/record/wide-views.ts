/**
 * A row for each run and a column for each metric, or param, of any run: what data frames are made of. A view of SQLite
 * has the columns it was made with, so these are made again whenever a name is new.
 */
import type { Database } from './database.ts';

/** SQLite's own limit (SQLITE_MAX_COLUMN) of what one query gives. */
const mostColumns = 2000;

/** What stands before the names. */
const facts = ['config_hash', 'attempt', 'status', 'study', 'trial', 'started_at'] as const;

interface WideView {
  readonly name: string;
  /** What its columns are named after, and an expression of the value in a row of it. */
  readonly table: 'metrics' | 'params';
  readonly value: string;
}

/** `json_extract`, as `->>` is a syntax error to SQLite before 3.38, which then cannot open the file at all. */
const wide: readonly WideView[] = [
  { name: 'metrics_wide', table: 'metrics', value: 'value' },
  { name: 'params_wide', table: 'params', value: `json_extract(value, '$')` },
];

/** As they are before there is any name. */
export const emptyWideViews = wide.map((view) => `${sqlOf(view, [])};`).join('\n');

/** Gives the views a column for each name there is. To be called in the transaction that brought the names. */
export async function widen(db: Database): Promise<void> {
  for (const view of wide) {
    const sql = sqlOf(view, await namesIn(db, view.table));
    const made = await db.get<{ sql: string }>(
      `SELECT sql FROM sqlite_schema WHERE type = 'view' AND name = ?`,
      view.name,
    );
    if (made?.sql === sql) continue;
    await db.exec(`DROP VIEW IF EXISTS ${view.name}; ${sql}`);
  }
}

/** From each name straight to the next one in an index: what it costs goes by the names, not by the rows. */
async function namesIn(db: Database, table: WideView['table']): Promise<string[]> {
  const rows = await db.all<{ name: string }>(`WITH RECURSIVE names (name) AS (
      SELECT min(name) FROM ${table}
      UNION ALL SELECT (SELECT min(name) FROM ${table} t WHERE t.name > names.name) FROM names WHERE name IS NOT NULL)
    SELECT name FROM names WHERE name IS NOT NULL`);
  return rows.map(({ name }) => name);
}

function sqlOf({ name, table, value }: WideView, names: readonly string[]): string {
  const columns = columnsOf(table, names.slice(0, mostColumns - facts.length)).map(
    ([column, of]) =>
      `(SELECT ${value} FROM ${table} t WHERE t.attempt_id = r.attempt_id AND t.name = ${text(of)}) AS ${quoted(column)}`,
  );
  return `CREATE VIEW ${name} AS SELECT ${[...facts, ...columns].join(',\n  ')} FROM runs r`;
}

/**
 * Upper and lower case are one to SQLite, in names of columns; what is taken has `metrics.` or `params.` in front, or more.
 * No statement can hold a NUL: it ends there.
 */
function columnsOf(table: string, names: readonly string[]): [column: string, name: string][] {
  const taken = new Set<string>(facts);
  return names.map((name) => {
    let column = name.replaceAll('\0', '\ufffd');
    while (taken.has(folded(column))) column = `${table}.${column}`;
    taken.add(folded(column));
    return [column, name];
  });
}

/** SQLite folds ASCII alone. */
const folded = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
const text = (value: string) => `'${value.replaceAll("'", "''").replaceAll('\0', "' || char(0) || '")}'`;
