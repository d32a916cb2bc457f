/** The mark that a result is used: the time of a file of its own, which `gc` looks at again before it deletes. */
import { statSync, utimesSync, writeFileSync } from 'node:fs';
import type { FingerprintHash } from '../hash.ts';
import { isErrno } from './files.ts';
import type { Layout } from './layout.ts';

/** Once a day says so of results that are used without being looked for: `stamp` is touched when it was said. */
export function markUsedAnew(layout: Layout, stamp: string, fingerprints: Iterable<FingerprintHash>): void {
  if (attempted(() => touch(stamp))) for (const fingerprint of fingerprints) markUsed(layout, fingerprint);
}

/** False where it has been collected since it was found. */
export function markUsed(layout: Layout, fingerprint: FingerprintHash): boolean {
  try {
    touch(layout.stage(fingerprint).used);
    return true;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    if (isErrno(error, ...unwritable)) return true;
    throw error;
  }
}

/** Always another time, never an earlier one: another machine's clock may be ahead. Throws ENOENT without its folder. */
export function touch(file: string): void {
  const at = statSync(file, { throwIfNoEntry: false });
  if (at === undefined) {
    writeFileSync(file, '');
    return;
  }
  const time = new Date(Math.max(Date.now(), Math.floor(at.mtimeMs) + 1));
  utimesSync(file, time, time);
}

const unwritable = ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT'];

/** False where there is no such folder, or nothing may be written to it. */
export function attempted(operate: () => void): boolean {
  try {
    operate();
    return true;
  } catch (error) {
    if (isErrno(error, 'ENOENT', ...unwritable)) return false;
    throw error;
  }
}
