/** Objects: the content of each hashes to its name. */
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { type ContentHash, hashFile } from '../hash.ts';
import { isErrno, newNonce } from './files.ts';
import type { Layout } from './layout.ts';
import { below, objectHashes } from './listing.ts';
import { inParallel } from './tree.ts';
import type { Problem, Verified } from './verify.ts';
import { movedAside } from './verify-results.ts';

export async function verifyObjects(layout: Layout): Promise<Verified> {
  const hashes = await objectHashes(layout);
  const problems = await inParallel(hashes, (hash) => verifyObject(layout, hash));
  return { problems: problems.filter((problem) => problem !== undefined), count: hashes.length };
}

async function verifyObject(layout: Layout, hash: ContentHash): Promise<Problem | undefined> {
  const path = layout.object(hash);
  if ((await isSound(path, hash)) || (await isSound(path, hash))) return undefined; // replaced while it was read
  const moved = await movedAside(() => setObjectAside(layout, hash));
  if (moved === undefined) return undefined; // collected while it was read
  const aside = moved === 'refused' ? {} : { setAside: below(layout, moved) };
  return { kind: 'object', path: below(layout, path), message: 'its content is not what its name says', ...aside };
}

/** One that is gone was collected. */
async function isSound(path: string, hash: ContentHash): Promise<boolean> {
  return await hashFile(path).then(
    (found) => found === hash,
    (error: unknown) => {
      if (isErrno(error, 'ENOENT')) return true;
      if (isErrno(error, 'EISDIR')) return false;
      throw error;
    },
  );
}

/**
 * The next attempt that needs it writes it again: one that is there, and as long, it would take for kept.
 * @returns where it is now; undefined where it was gone
 */
async function setObjectAside(layout: Layout, hash: ContentHash): Promise<string | undefined> {
  const aside = join(layout.quarantine, `object-${hash}-${newNonce()}`);
  await mkdir(layout.quarantine, { recursive: true });
  try {
    await rename(layout.object(hash), aside);
    return aside;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}
