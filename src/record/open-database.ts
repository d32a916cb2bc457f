/** Where the index lies, and what is done about one that is missing, damaged, older or newer. */
import { accessSync, constants, existsSync, mkdirSync, renameSync, rmSync, statfsSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sha256 } from '../hash.ts';
import type { Layout } from '../store/layout.ts';
import { type Database, openDatabase, sqliteCode } from './database.ts';
import { schemaSql, schemaVersion } from './schema.ts';

/** `f_type` of file systems on which SQLite's locks and shared memory cannot be trusted; see statfs(2). */
const networkFileSystems: ReadonlySet<number> = new Set([
  0x6969 /* NFS */, 0x517b /* SMB */, 0xff534d42 /* CIFS */, 0xfe534d42 /* SMB2 */, 0x0bd00bd0 /* Lustre */,
  0x47504653 /* GPFS */, 0x19830326 /* BeeGFS */, 0x00c36400 /* Ceph */, 0x5346414f /* AFS */, 0x01021997 /* 9P */,
]);

/**
 * The file of the index: `runs/index.sqlite`, or one in the user's cache folder where `runs/` is on a network file
 * system or may not be written to. Without `runs/` there is nothing to keep: `:memory:`.
 */
export function indexFile(layout: Layout): string {
  if (!existsSync(layout.runs)) return ':memory:';
  if (!networkFileSystems.has(statfsSync(layout.runs).type) && isWritable(layout.runs)) return layout.index;
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'retrial', 'index');
  mkdirSync(folder, { recursive: true });
  return join(folder, `${sha256(layout.runs)}.sqlite`);
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Made from the journals, and gone when closed. */
export type InMemory = ':memory:';

export interface IndexDatabase {
  readonly db: Database;
  readonly file: string;
}

/**
 * Opens the index, making it where it is missing or of an earlier version. One that a newer Retrial made is left to it:
 * this one then has a file of its own beside. A damaged file is set aside and made anew.
 */
export async function openIndexDatabase(layout: Layout, file: string = indexFile(layout)): Promise<IndexDatabase> {
  const opened = await openSound(layout, file);
  if ((await versionOf(opened.db)) <= schemaVersion) return opened;
  await opened.db.close();
  return await openSound(layout, file.replace(/\.sqlite$/, `.v${schemaVersion}.sqlite`));
}

async function openSound(layout: Layout, file: string): Promise<IndexDatabase> {
  try {
    return { db: await openWal(file), file };
  } catch (error) {
    if (!isDamage(error) && !isFolder(file)) throw error;
    setAside(layout, file);
    return { db: await openWal(file), file };
  }
}

function isFolder(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

async function openWal(file: string): Promise<Database> {
  const db = await openDatabase(file);
  try {
    await db.exec('PRAGMA foreign_keys = ON; PRAGMA synchronous = NORMAL');
    if (file !== ':memory:') await useWal(db);
    if ((await versionOf(db)) < schemaVersion) await makeSchema(db);
    return db;
  } catch (error) {
    await db.close();
    throw error;
  }
}

/** Readers and the writer do not wait for each other then. SQLite refuses the change at once while another opens. */
async function useWal(db: Database): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      const mode = await db.get<{ journal_mode: string }>('PRAGMA journal_mode');
      if (mode?.journal_mode !== 'wal') await db.exec('PRAGMA journal_mode = WAL');
      return;
    } catch (error) {
      if (sqliteCode(error) !== 'SQLITE_BUSY' || tries === 100) throw error;
      await sleep(50);
    }
  }
}

async function versionOf(db: Database): Promise<number> {
  return (await db.get<{ user_version: number }>('PRAGMA user_version'))?.user_version ?? 0;
}

/** In a transaction, so that processes which open the index at once agree on it. */
async function makeSchema(db: Database): Promise<void> {
  // Foreign keys cannot be switched off within a transaction, and dropping tables one by one would break them.
  await db.exec('PRAGMA foreign_keys = OFF');
  await db.immediate(async () => {
    if ((await versionOf(db)) >= schemaVersion) return;
    await dropAll(db);
    await db.exec(schemaSql);
  });
  await db.exec('PRAGMA foreign_keys = ON');
}

async function dropAll(db: Database): Promise<void> {
  const made = await db.all<{ type: string; name: string }>(
    `SELECT type, name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%' ORDER BY type DESC`,
  );
  for (const { type, name } of made) await db.exec(`DROP ${type} "${name.replaceAll('"', '""')}"`);
}

/** Whether an error says that the file is not, or no longer, a sound database. */
export function isDamage(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === 'SQLITE_CORRUPT' || code === 'SQLITE_NOTADB';
}

/** Whether an error says that the file cannot be written, or was deleted while it was open. */
export function isUnwritable(error: unknown): boolean {
  return ['SQLITE_FULL', 'SQLITE_IOERR', 'SQLITE_CANTOPEN', 'SQLITE_READONLY'].includes(sqliteCode(error) ?? '');
}

/**
 * Moves a damaged index to `quarantine/` (one in the cache folder, which is another file system, is deleted: it was
 * made from the journals). Two processes that do so at the same moment may move a new one: that costs another
 * rebuilding and no data.
 */
export function setAside(layout: Layout, file: string): void {
  for (const suffix of ['-wal', '-shm', '']) {
    const part = `${file}${suffix}`;
    const aside = join(layout.quarantine, `${Date.now()}-${process.pid}-${basename(part)}`);
    if (!existsSync(part)) continue;
    if (dirname(part) !== layout.runs) rmSync(part, { force: true });
    else {
      mkdirSync(layout.quarantine, { recursive: true });
      renameSync(part, aside);
    }
  }
}
