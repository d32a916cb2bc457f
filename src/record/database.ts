/** SQLite behind promises: the few calls the record needs. Statements are prepared once per connection. */
import type { Database as Connection, Statement } from 'sqlite3';
import { UserError } from '../errors.ts';
import { requireNative } from '../own-package.ts';

export type SqlValue = string | number | null;

export interface Database {
  run(sql: string, ...values: readonly SqlValue[]): Promise<void>;
  all<Row>(sql: string, ...values: readonly SqlValue[]): Promise<Row[]>;
  get<Row>(sql: string, ...values: readonly SqlValue[]): Promise<Row | undefined>;
  /** Several statements, separated by semicolons, without values. */
  exec(sql: string): Promise<void>;
  /** Inserts rows of values in the order of `columns`; a row with the key of an older one takes its place. */
  insert(table: string, columns: readonly string[], rows: readonly (readonly SqlValue[])[]): Promise<void>;
  /** Everything in `body` or nothing; no other process writes meanwhile. */
  immediate<T>(body: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** How long to wait for another process's transaction: a first ingest of a large store takes seconds. */
const busyTimeoutMs = 120_000;
/** SQLite allows 32,766 values a statement; few sizes of statement keep the prepared ones few. */
const rowsAStatement = 64;

type Callback<T> = (error: Error | null, value: T) => void;
const promised = <T>(start: (done: Callback<T>) => unknown) =>
  new Promise<T>((resolve, reject) => start((error, value) => (error === null ? resolve(value) : reject(error))));

/**
 * Opens or creates a database file (`:memory:` for one that is gone when closed).
 * Throws UserError where SQLite is not installed, and errors with a `code` (`SQLITE_NOTADB`) otherwise.
 */
export async function openDatabase(file: string, { readOnly = false } = {}): Promise<Database> {
  const sqlite = loadSqlite();
  const mode = readOnly ? sqlite.OPEN_READONLY : sqlite.OPEN_READWRITE | sqlite.OPEN_CREATE;
  const connection = await new Promise<Connection>((resolve, reject) => {
    const done = (error: Error | null) => (error === null ? resolve(opened) : reject(error));
    const opened: Connection = new sqlite.Database(file, mode, done);
  });
  connection.configure('busyTimeout', busyTimeoutMs);
  return databaseOf(connection);
}

function databaseOf(connection: Connection): Database {
  // Promises, so that two that ask for the same at once share it: a statement lost track of keeps the file open.
  const prepared = new Map<string, Promise<Statement>>();
  const prepare = (sql: string): Promise<Statement> => {
    const known = prepared.get(sql) ?? prepareStatement(connection, sql);
    prepared.set(sql, known);
    return known;
  };
  const all = async <Row>(sql: string, ...values: readonly SqlValue[]) => {
    const statement = await prepare(sql);
    return await promised<Row[]>((done) => statement.all<Row>(values, done));
  };
  const exec = (sql: string) => promised<void>((done) => connection.exec(sql, (error) => done(error, undefined)));
  const run = async (sql: string, ...values: readonly SqlValue[]) => {
    await all(sql, ...values);
  };
  return {
    run,
    all,
    exec,
    get: async <Row>(sql: string, ...values: readonly SqlValue[]) => (await all<Row>(sql, ...values))[0],
    async insert(table, columns, rows) {
      const row = `(${columns.map(() => '?').join(', ')})`;
      for (let at = 0; at < rows.length; at += rowsAStatement) {
        const part = rows.slice(at, at + rowsAStatement);
        const places = part.map(() => row).join(', ');
        await run(`INSERT OR REPLACE INTO ${table} (${columns.join(', ')}) VALUES ${places}`, ...part.flat());
      }
    },
    async immediate(body) {
      await exec('BEGIN IMMEDIATE');
      try {
        const result = await body();
        await exec('COMMIT');
        return result;
      } catch (error) {
        // SQLite may have rolled back by itself (a full disk); the first error is the one to tell.
        await exec('ROLLBACK').catch(() => {});
        throw error;
      }
    },
    async close() {
      for (const statement of await Promise.allSettled(prepared.values()))
        if (statement.status === 'fulfilled') await finalize(statement.value);
      await promised<void>((done) => connection.close((error) => done(error, undefined)));
    },
  };
}

function prepareStatement(connection: Connection, sql: string): Promise<Statement> {
  return new Promise((resolve, reject) => {
    const made: Statement = connection.prepare(sql, (error) => (error === null ? resolve(made) : reject(error)));
  });
}

function finalize(statement: Statement): Promise<void> {
  return new Promise((resolve) => statement.finalize(() => resolve()));
}

/** SQLite's name of an error (`SQLITE_CORRUPT`), undefined for errors that are not SQLite's. */
export function sqliteCode(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && code.startsWith('SQLITE_') ? code : undefined;
}

/** Loaded when first needed: it is native, and most commands do without. */
function loadSqlite(): typeof import('sqlite3') {
  try {
    // By its file: tsx, asked for the package, finds the declarations beside it (lib/sqlite3.d.ts) and runs those.
    return requireNative('sqlite3/lib/sqlite3.js') as typeof import('sqlite3');
  } catch (error) {
    const reason = (error as Error).message.split('\n')[0] ?? '';
    throw new UserError(`SQLite cannot be loaded: ${reason}`, 'run `retrial doctor --fix`, which builds it');
  }
}
