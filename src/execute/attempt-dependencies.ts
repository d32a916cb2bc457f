/** Keeps dependencies that are small, with their content; of larger ones says how large they are. */
import { readlinkSync } from 'node:fs';
import { lstat, readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { type ContentHash, canonicalJson } from '../hash.ts';
import { isErrno } from '../store/files.ts';
import type { Layout } from '../store/layout.ts';
import type { HashMemo } from '../store/memo.ts';
import { putBytes, putFile } from '../store/objects.ts';
import { type FileEntry, hashTree, inParallel, linkText, TreeError, treeListing } from '../store/tree.ts';

export const keptLimits = { fileBytes: 1 << 20, totalBytes: 16 << 20 } as const;

export type KeptDependency =
  /**
   * A file is the object of its hash. A folder's hash is that of an object which lists its files, `[[path, hash], …]`:
   * the same text that a folder's content hash is made from. A file that may be executed is listed as well. The object of
   * a link is {@link linkText}.
   */
  | {
      readonly kept: true;
      readonly kind: 'file' | 'folder';
      readonly hash: ContentHash;
      readonly size: number;
      /** Absent of any other file. */
      readonly executable?: true;
    }
  /** `hash` is filled in when the attempt ends, from the key of a stage that read it; `size` is a file's. */
  | { readonly kept: false; readonly kind: 'file' | 'folder'; readonly hash?: ContentHash; readonly size?: number };

/** Keeps what it is given within limits that are shared by all of it; undefined for a path that is gone. */
export function dependencyKeeper(
  layout: Layout,
  memo: HashMemo,
): (path: string) => Promise<KeptDependency | undefined> {
  let leftBytes: number = keptLimits.totalBytes;
  return async (path) => {
    try {
      const target = await realpath(path); // a data set may be a link
      const at = await lstat(target);
      const size = at.isFile() ? fileSize(at.size, leftBytes) : await folderSize(target, leftBytes);
      if (size === undefined)
        return at.isFile() ? { kept: false, kind: 'file', size: at.size } : { kept: false, kind: 'folder' };
      leftBytes -= size;
      return await keepTree(layout, memo, target);
    } catch (error) {
      if (isErrno(error, 'ENOENT', 'ENOTDIR')) return undefined;
      if (error instanceof TreeError) return { kept: false, kind: 'folder' }; // the stage that reads it will say so
      throw error;
    }
  };
}

function fileSize(size: number, leftBytes: number): number | undefined {
  return size <= keptLimits.fileBytes && size <= leftBytes ? size : undefined;
}

/** Bytes of all files in a folder; undefined as soon as one, or all together, are too large. A link has none. */
async function folderSize(folder: string, leftBytes: number): Promise<number | undefined> {
  let total = 0;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isSymbolicLink()) continue;
    if (!entry.isDirectory() && !entry.isFile()) return undefined;
    const left = leftBytes - total;
    const size = entry.isFile() ? fileSize((await lstat(path)).size, left) : await folderSize(path, left);
    if (size === undefined) return undefined;
    total += size;
  }
  return total;
}

async function keepTree(layout: Layout, memo: HashMemo, path: string): Promise<KeptDependency> {
  const { kind, hash, size, files } = await hashTree(path, memo);
  const contents = files.filter((file) => !file.path.endsWith('/'));
  await inParallel(contents, (file) => keepFile(layout, join(path, file.path), file));
  const executable = kind === 'file' && files.some((file) => file.kind === 'executable');
  if (kind === 'folder' || executable) await putBytes(layout, canonicalJson(treeListing(files)));
  return { kept: true, kind, hash, size, ...(executable ? { executable } : {}) };
}

async function keepFile(layout: Layout, path: string, { kind, hash }: FileEntry): Promise<void> {
  if (kind === 'link') await putBytes(layout, linkText(readlinkSync(path)));
  else await putFile(layout, path, hash);
}
