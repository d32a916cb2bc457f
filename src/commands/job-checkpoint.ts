/** Whether a job kept something to go on from: without it, it would come to the same end again. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { FingerprintHash } from '../hash.ts';
import { isErrno } from '../store/files.ts';
import type { Layout } from '../store/layout.ts';

/** A file server's clock may be behind. */
const clockSlackMs = 2_000;

/** @param sinceMs when the job began, by this machine's clock: what one before it kept says nothing of this one */
export function wroteCheckpoint(layout: Layout, key: FingerprintHash, sinceMs: number): boolean {
  const folder = layout.checkpoint(key);
  return namesBelow(folder).some((name) => {
    const at = statSync(join(folder, name), { throwIfNoEntry: false });
    return at?.isFile() === true && Math.max(at.mtimeMs, at.ctimeMs) >= sinceMs - clockSlackMs;
  });
}

/** Of a folder that the stage works in, so that some of it may be gone while it is read. */
function namesBelow(folder: string): string[] {
  for (let tries = 3; tries > 0; tries--) {
    try {
      return readdirSync(folder, { recursive: true, encoding: 'utf8' });
    } catch (error) {
      if (!isErrno(error, 'ENOENT')) throw error;
    }
  }
  return [];
}
