/**
 * Whether files and folders are what they were when they were looked at: by size, modification and change time, and
 * inode. Looked at one after the other without waiting, as ten thousand of these calls cost less than their promises.
 */
import { type Stats, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';

/** By folder, then by name; `.` is the folder itself. Folders share most of their paths, which a plain list repeats. */
export type Signatures = Readonly<Record<string, Readonly<Record<string, Signature>>>>;
/** Size, modification time, change time in milliseconds, inode; or why nothing can be seen there. */
type Signature = readonly [number, number, number, number] | string;

/**
 * The coarsest grain of a file system's clock (FAT has two seconds): what changed within it of being read may change again
 * and look the same, so that what was learnt from it is not kept (git's racy-clean rule).
 */
export const racyMs = 2_000;

/**
 * The signatures of paths as they are now; undefined where one was changed too lately to be told from a change that is
 * still to come, see {@link racyMs}.
 * @param readSinceMs when the first of them was read, in milliseconds since the epoch
 */
export function signaturesOf(paths: Iterable<string>, readSinceMs: number): Signatures | undefined {
  const folders: Record<string, Record<string, Signature>> = Object.create(null); // a file may be called __proto__
  for (const path of new Set(paths)) {
    const at = look(path);
    if (typeof at !== 'string' && Math.max(at.ctimeMs, at.mtimeMs) >= readSinceMs - racyMs) return undefined;
    const isFolder = typeof at !== 'string' && at.isDirectory();
    const folder = isFolder ? path : dirname(path);
    const names = folders[folder] ?? Object.create(null);
    names[isFolder ? '.' : basename(path)] = signature(at);
    folders[folder] = names;
  }
  return folders;
}

export function stillStand(signatures: Signatures): boolean {
  return Object.entries(signatures).every(([folder, names]) =>
    Object.entries(names).every(([name, before]) =>
      isSame(before, signature(look(name === '.' ? folder : `${folder}/${name}`))),
    ),
  );
}

/** What is there, or why nothing is. */
function look(path: string): Stats | string {
  try {
    return statSync(path);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'error';
  }
}

/** A folder's size says nothing; its times say when a name in it came or went. */
function signature(at: Stats | string): Signature {
  if (typeof at === 'string') return at;
  return [at.isDirectory() ? 0 : at.size, at.mtimeMs, at.ctimeMs, at.ino];
}

function isSame(a: Signature, b: Signature): boolean {
  if (typeof a === 'string' || typeof b === 'string') return a === b;
  return a[0] === b[0] && a[1] === b[1] && a[2] === b[2] && a[3] === b[3];
}
