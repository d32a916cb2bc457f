/** Traces of collected results: links for people that lead to them, and locks that nobody can ask for any more. */
import { existsSync } from 'node:fs';
import { lstat, readdir, readlink, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { FingerprintHash } from '../hash.ts';
import type { CollectRequest } from './collect.ts';
import { pointedAt, type Standing } from './collect-pointers.ts';
import { isErrno, readJson } from './files.ts';
import { whoUses } from './in-use.ts';
import { configHashes } from './latest.ts';
import type { Layout } from './layout.ts';
import { namesIn } from './listing.ts';
import { isLockOf } from './lock-shape.ts';
import type { StageLock } from './published.ts';

/** In one pass over all runs, as a run has few links and a collection many results; those left by a killed one too. */
export async function removeDanglingLinks(layout: Layout): Promise<void> {
  const collected = new Set((await namesIn(layout.collectedRoot)).map((name) => basename(name, '.json')));
  if (collected.size === 0) return;
  for (const configHash of await configHashes(layout)) {
    const { folder } = layout.run(configHash);
    for (const entry of await readdir(folder, { withFileTypes: true }).catch(goneIsEmpty)) {
      if (!entry.isSymbolicLink()) continue;
      const link = join(folder, entry.name);
      const target = await readlink(link).catch(() => '');
      if (collected.has(basename(target)) && !existsSync(link)) await rm(link, { force: true });
    }
  }
}

function goneIsEmpty(error: unknown): [] {
  if (isErrno(error, 'ENOENT')) return [];
  throw error;
}

/** Of results that no attempt points at any more. None while anyone runs, who may be about to point at one. */
export async function forgottenLocks({ layout, graceMs }: CollectRequest): Promise<{ readonly path: string }[]> {
  if ((await whoUses(layout)).byAnyone) return [];
  const found: (Standing & { readonly path: string })[] = [];
  for (const name of await namesIn(layout.collectedRoot)) {
    const path = join(layout.collectedRoot, name);
    const fingerprint = basename(name, '.json') as FingerprintHash;
    const at = await lstat(path).catch(() => undefined);
    if (at === undefined || at.mtimeMs > Date.now() - graceMs) continue;
    const lock = await readJson<StageLock>(path);
    if (lock !== undefined && isLockOf(lock, fingerprint)) found.push({ fingerprint, run: lock.execution.run, path });
  }
  if (found.length === 0) return [];
  const pointed = await pointedAt(layout, { dropped: new Set() });
  return found.filter((lock) => !pointed.isPointedAt(lock));
}
