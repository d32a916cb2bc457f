/**
 * Remembers the hash of files that have not moved since: by size, modification and change time, and inode. A file
 * modified within the clock's grain of its hashing is not remembered, as a second write could leave the same times
 * (git's racy-clean rule). Losing the memo costs only time.
 */
import { type BigIntStats, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ContentHash } from '../hash.ts';
import { hashFiles } from './hash-files.ts';
import { readMemo, writeMemo } from './memo-file.ts';
import { racyMs } from './signatures.ts';
import type { FileReader } from './tree.ts';

/** Size, mtime, ctime in nanoseconds, inode: what tells whether a file may have changed. */
export type FileSignature = string;

export interface HashMemo extends FileReader {
  /** Content hash of the file, read only where its signature is new. Rejects with ENOENT where it is missing. */
  hash(path: string): Promise<ContentHash>;
  /** Notes a path that was looked at, and not hashed. */
  note(path: string): void;
  /** Every path hashed or noted. */
  lookedAt(): string[];
  /** Writes what was learnt, if anything. */
  save(): Promise<void>;
}

/** Beyond so many, files that this run did not look at are forgotten. */
const mostRemembered = 50_000;

function signature(at: BigIntStats): FileSignature {
  return `${at.size}:${at.mtimeNs}:${at.ctimeNs}:${at.ino}`;
}

/** @param folder `runs/memo` */
export async function openMemo(folder: string): Promise<HashMemo> {
  const path = join(folder, 'files.json');
  const known = new Map(Object.entries((await readMemo<Record<string, [FileSignature, ContentHash]>>(path)) ?? {}));
  const asked = new Set<string>();
  let changed = false;

  const learn = (file: string, before: BigIntStats, hash: ContentHash) => {
    const settled = Date.now() - Number(before.ctimeNs / 1_000_000n) > racyMs;
    const after = statSync(file, { bigint: true, throwIfNoEntry: false });
    if (!settled || after === undefined || signature(after) !== signature(before)) return;
    known.set(file, [signature(before), hash]);
    changed = true;
  };
  const hashAll: HashMemo['hashAll'] = async (files) => {
    const looked = files.map(({ path: file, size }) => ({ path: file, size, at: statSync(file, { bigint: true }) }));
    const isKnown = ({ path: file, at }: (typeof looked)[number]) => known.get(file)?.[0] === signature(at);
    const unread = looked.filter((file) => !isKnown(file));
    for (const { path: file } of files) asked.add(file);
    const read = await hashFiles(unread);
    const hashes = new Map(unread.map(({ path: file }, index) => [file, read[index] as ContentHash]));
    for (const { path: file, at } of unread) learn(file, at, hashes.get(file) as ContentHash);
    return files.map(({ path: file }) => hashes.get(file) ?? (known.get(file)?.[1] as ContentHash));
  };
  return {
    hashAll,
    hash: async (file) => (await hashAll([{ path: file, size: statSync(file).size }]))[0] as ContentHash,
    note: (file) => {
      asked.add(file);
    },
    lookedAt: () => [...asked],
    save: async () => {
      if (changed) await writeMemo(path, Object.fromEntries(remembered(known, asked)));
      changed = false;
    },
  };
}

function remembered<Entry>(known: ReadonlyMap<string, Entry>, asked: ReadonlySet<string>): [string, Entry][] {
  const all = [...known];
  return all.length <= mostRemembered ? all : all.filter(([file]) => asked.has(file));
}
