/**
 * Remembers the hash of files that have not moved since: by size, modification and change time, and inode. A file
 * modified within the clock's grain of its hashing is not remembered, as a second write could leave the same times
 * (git's racy-clean rule). Losing the memo costs only time.
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type ContentHash, hashFile } from '../hash.ts';
import { jsonText, readJson, writeAtomic } from './files.ts';

/** Size, mtime, ctime in nanoseconds, inode: what tells whether a file may have changed. */
export type FileSignature = string;

export interface HashMemo {
  /** Content hash of the file, read only where its signature is new. Rejects with ENOENT where it is missing. */
  hash(path: string): Promise<ContentHash>;
  /** Notes a path that was looked at, and not hashed. */
  note(path: string): void;
  /** Every path hashed or noted. */
  lookedAt(): string[];
  /** Writes what was learnt, if anything. */
  save(): Promise<void>;
}

const racyMs = 2_000;

export async function signatureOf(path: string): Promise<FileSignature> {
  const at = await stat(path, { bigint: true });
  return `${at.size}:${at.mtimeNs}:${at.ctimeNs}:${at.ino}`;
}

/** @param folder `runs/memo` */
export async function openMemo(folder: string): Promise<HashMemo> {
  const path = join(folder, 'files.json');
  const known = new Map(Object.entries((await readJson<Record<string, [FileSignature, ContentHash]>>(path)) ?? {}));
  const asked = new Set<string>();
  let changed = false;
  return {
    note: (path) => {
      asked.add(path);
    },
    lookedAt: () => [...asked],
    hash: async (file) => {
      asked.add(file);
      const before = await stat(file, { bigint: true });
      const signature = `${before.size}:${before.mtimeNs}:${before.ctimeNs}:${before.ino}`;
      const entry = known.get(file);
      if (entry?.[0] === signature) return entry[1];
      const hash = await hashFile(file);
      const settled = Date.now() - Number(before.ctimeNs / 1_000_000n) > racyMs;
      if (settled && (await signatureOf(file)) === signature) {
        known.set(file, [signature, hash]);
        changed = true;
      }
      return hash;
    },
    save: async () => {
      if (changed) await writeAtomic(path, jsonText(Object.fromEntries(known)));
      changed = false;
    },
  };
}
