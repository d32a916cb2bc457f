/**
 * Small file operations that are right under crashes and concurrent processes. Those that take microseconds are done at
 * once: handing one to another thread and back costs more than it does.
 */
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  constants as fileModes,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { access, open, rename, unlink } from 'node:fs/promises';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';

/** 16 hex digits nobody else has. */
export function newNonce(): string {
  return randomBytes(8).toString('hex');
}

export function isErrno(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && codes.includes((error as NodeJS.ErrnoException).code ?? '');
}

/** What the operating system refused. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}

/** There is no room for what was to be written. */
export function isFull(error: unknown): boolean {
  return isErrno(error, 'ENOSPC', 'EDQUOT');
}

/** A file of a network file system was replaced under its name; Node has no name for that error. */
function isStale(error: unknown): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).errno === -constants.errno.ESTALE;
}

const mostTries = 20;

/** Reads again, by its name, what turns out to be a stale handle. */
export async function unlessStale<T>(read: () => Promise<T> | T): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await read();
    } catch (error) {
      if (!isStale(error) || tries === mostTries) throw error;
    }
  }
}

/** The file's text, or undefined where there is none. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await unlessStale(() => readFileSync(path, 'utf8'));
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

/** A parsed JSON object, or undefined where there is no file, or it holds anything else than one whole object. */
export async function readJson<T extends object>(path: string): Promise<T | undefined> {
  const text = await readIfThere(path).catch((error: unknown) => {
    if (isErrno(error, 'EISDIR')) return undefined;
    throw error;
  });
  return text === undefined ? undefined : (objectIn(text) as T | undefined);
}

function objectIn(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Replaces a file in one step: a reader sees the old text or the new, never half. */
export async function writeAtomic(path: string, text: string): Promise<void> {
  const temporary = `${path}.${newNonce()}.tmp`;
  mkdirSync(dirname(path), { recursive: true });
  try {
    await writeSynced(temporary, text);
    await renameOnce(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => undefined); // of a full disk nothing half-written is left
    throw error;
  }
}

/**
 * Renames, also where the reply is lost after the work was done and what was to be renamed is gone when it is asked for
 * again. For names that nobody else renames.
 */
export async function renameOnce(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!isErrno(error, 'ENOENT') || existsSync(from) || !existsSync(to)) throw error;
  }
}

/**
 * Creates a file whole or not at all; false where the name is taken. A hard link is exclusive on NFS too, and its
 * content is complete at the moment the name appears.
 */
export async function createExclusive(path: string, text: string): Promise<boolean> {
  const temporary = join(dirname(path), `.${newNonce()}.tmp`);
  mkdirSync(dirname(path), { recursive: true });
  try {
    writeFileSync(temporary, text);
    linkSync(temporary, path);
    return true;
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
    return isSameFile(temporary, path); // ours, where only the reply was lost
  } finally {
    rmSync(temporary, { force: true });
  }
}

function isSameFile(a: string, b: string): boolean {
  const [one, other] = [lstatSync(a), lstatSync(b, { throwIfNoEntry: false })];
  return other !== undefined && one.ino === other.ino && one.dev === other.dev;
}

/** On a read-only file system making a folder fails with ENOENT too; what stands above it knows better. */
export async function whyNotWritable(folder: string): Promise<unknown> {
  for (let at = folder; at !== dirname(at); at = dirname(at)) {
    const error: unknown = await access(at, fileModes.W_OK).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!isErrno(error, 'ENOENT')) return error;
  }
  return undefined;
}

export async function writeSynced(path: string, text: string): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes names created, renamed or removed in a folder durable. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await unlessStale(() => open(path, 'r'));
  try {
    await folder.sync();
  } catch (error) {
    if (!isErrno(error, 'EINVAL', 'EISDIR', 'EPERM')) throw error; // some file systems cannot sync a folder
  } finally {
    await folder.close();
  }
}

export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
