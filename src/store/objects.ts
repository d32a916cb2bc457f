/**
 * Content-addressed bytes, `objects/ab/cdef…`: code, lock files and small inputs as they were when an attempt began.
 * An object is written whole and synced under a name of its own, then renamed to its hash: a reader can check it, and
 * two processes that write the same one do each other no harm.
 */
import { chmod, copyFile, mkdir, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type ContentHash, hashFile, sha256 } from '../hash.ts';
import { isErrno, newNonce, renameOnce, syncFolder, unlessStale } from './files.ts';
import type { Layout } from './layout.ts';

/** An object that is not there, or is not what its name says. */
export class ObjectError extends Error {
  readonly hash: ContentHash;

  constructor(hash: ContentHash, problem: 'missing' | 'damaged') {
    super(`the object ${hash} is ${problem}`);
    this.name = 'ObjectError';
    this.hash = hash;
  }
}

/** Keeps some bytes; writes nothing where they are kept already. */
export async function putBytes(layout: Layout, bytes: string | Uint8Array): Promise<ContentHash> {
  const hash = sha256(bytes);
  if (await isKept(layout, hash, Buffer.byteLength(bytes))) return hash;
  return writeObject(layout, (temporary) => writeFile(temporary, bytes));
}

/**
 * Keeps a file's content as it is now, whatever its size in flat memory.
 * @param known its hash, where that was read already: an object that exists is then not read again
 * @returns the hash of what was kept
 */
export async function putFile(layout: Layout, path: string, known?: ContentHash): Promise<ContentHash> {
  const hash = known ?? (await hashFile(path));
  if (await isKept(layout, hash, (await stat(path)).size)) return hash;
  return writeObject(layout, (temporary) => copyFile(path, temporary));
}

/** The bytes of an object, checked against its name. Throws {@link ObjectError}. */
export async function readObject(layout: Layout, hash: ContentHash): Promise<Buffer> {
  try {
    const bytes = await unlessStale(() => readFile(layout.object(hash)));
    if (sha256(bytes) === hash) return bytes;
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) throw new ObjectError(hash, 'missing');
    throw error;
  }
  throw new ObjectError(hash, 'damaged');
}

/** Writes an object's content to `path`, with the folders above it; checked on the way. Throws {@link ObjectError}. */
export async function restoreObject(layout: Layout, hash: ContentHash, path: string, executable = false) {
  const bytes = await readObject(layout, hash);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes, { mode: executable ? 0o755 : 0o644 });
}

export async function hasObject(layout: Layout, hash: ContentHash): Promise<boolean> {
  return (await sizeOf(layout.object(hash))) !== undefined;
}

/** One of another size was cut short by the disk: it is written again. */
async function isKept(layout: Layout, hash: ContentHash, size: number): Promise<boolean> {
  return (await sizeOf(layout.object(hash))) === size;
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

async function writeObject(layout: Layout, write: (temporary: string) => Promise<void>): Promise<ContentHash> {
  const temporary = join(layout.objects, '.tmp', newNonce());
  await mkdir(dirname(temporary), { recursive: true });
  try {
    await write(temporary);
    await chmod(temporary, 0o644); // a copy has the mode of its original
    const hash = await hashFile(temporary); // of the copy: the original may have changed meanwhile
    await sync(temporary);
    const target = layout.object(hash);
    const first = await mkdir(dirname(target), { recursive: true });
    await renameOnce(temporary, target);
    await syncFolder(dirname(target));
    if (first !== undefined) await syncFolder(layout.objects);
    return hash;
  } finally {
    await rm(temporary, { force: true });
  }
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r');
  await file.sync().finally(() => file.close());
}
