/** Folders that go elsewhere or away, also those that a stage has made read-only. */
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, rmdirSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isErrno, isSystemError, renameOnce, unlessStale } from './files.ts';

/**
 * Removes a folder and all in it, also where a listing of a moment ago lacks something. That it is empty, or gone, is the
 * common case and costs one call.
 */
export async function removeFolder(path: string): Promise<void> {
  try {
    rmdirSync(path);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) await removeAll(path);
  }
}

async function removeAll(path: string): Promise<void> {
  const remove = () => unlessStale(() => rm(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 20 }));
  await remove().catch(async (error: unknown) => {
    if (!isErrno(error, 'EACCES', 'EPERM')) throw error;
    openFolders(path);
    await remove();
  });
}

/** Lets what is in folders that a stage has made read-only be removed. */
function openFolders(path: string): void {
  const at = lstatSync(path, { throwIfNoEntry: false });
  if (at?.isDirectory() !== true) return;
  if ((at.mode & 0o700) !== 0o700) chmodSync(path, at.mode | 0o700);
  for (const name of readdirSync(path)) openFolders(join(path, name));
}

/** Renames a folder also where it is read-only, which keeps it where it is; it is read-only again then. */
export async function renameReadOnly(from: string, to: string): Promise<void> {
  try {
    await renameOnce(from, to);
  } catch (error) {
    const at = lstatSync(from, { throwIfNoEntry: false });
    if (!isErrno(error, 'EACCES', 'EPERM') || at?.isDirectory() !== true || (at.mode & 0o200) !== 0) throw error;
    chmodSync(from, at.mode | 0o700);
    const { mode } = at;
    await renameOnce(from, to).then(
      () => chmodSync(to, mode),
      (reason: unknown) => {
        chmodSync(from, mode);
        throw reason;
      },
    );
  }
}

/** For what is not worth an error of its own: what cannot be removed gc finds by its name. */
export async function leaveNothing(remove: () => Promise<void>): Promise<void> {
  await remove().catch((error: unknown) => {
    if (!isSystemError(error)) throw error;
  });
}

/**
 * Makes a folder and those above it. Node's own way asks for ever where none can be made in a folder that is there, as in
 * /proc.
 */
export function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
  if (!existsSync(dirname(path))) makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    if (!isErrno(error, 'EEXIST') || !statSync(path).isDirectory()) throw error;
  }
}
