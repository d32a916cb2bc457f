/** Where things go before they are deleted: one rename, which can be taken back. */
import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isErrno, isFull, newNonce } from './files.ts';
import { removeFolder, renameReadOnly } from './folders.ts';
import type { Layout } from './layout.ts';

export interface Trashed {
  readonly from: string;
  readonly at: string;
}

/** @returns undefined where it was gone already */
export async function moveToTrash(layout: Layout, path: string): Promise<Trashed | undefined> {
  const at = join(await roomFor(layout), `${basename(path)}-${newNonce()}`);
  try {
    await renameReadOnly(path, at);
    return { from: path, at };
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** On a full disk there may be no room for a folder: one that is there does, as nothing stays in it. */
async function roomFor(layout: Layout): Promise<string> {
  try {
    await mkdir(layout.trash, { recursive: true });
    return layout.trash;
  } catch (error) {
    if (!isFull(error)) throw error;
    return layout.scratchRoot;
  }
}

/** Puts it back, unless something has taken its place meanwhile: then it is deleted. */
export async function restoreFromTrash({ from, at }: Trashed): Promise<void> {
  try {
    await renameReadOnly(at, from);
  } catch (error) {
    if (!isErrno(error, 'EEXIST', 'ENOTEMPTY')) throw error;
    await removeFolder(at);
  }
}

export async function emptyOut({ at }: Trashed): Promise<void> {
  await removeFolder(at);
}
