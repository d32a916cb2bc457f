/** Locks of results whose outputs were collected: what they were is still known, and compared with. */
import { join } from 'node:path';
import type { FingerprintHash } from '../hash.ts';
import { readJson } from './files.ts';
import type { Layout } from './layout.ts';
import { namesIn } from './listing.ts';
import { isLockOf, isNamedAfterItsKey } from './lock-shape.ts';
import type { StageLock } from './published.ts';

/** The lock of a result, whether its outputs are still there or not; undefined where nothing is known of it. */
export async function recordedLock(layout: Layout, fingerprint: FingerprintHash): Promise<StageLock | undefined> {
  for (const file of [layout.stage(fingerprint).lock, layout.collected(fingerprint)]) {
    const lock = await readJson<StageLock>(file);
    if (lock !== undefined && isLockOf(lock, fingerprint)) return lock;
  }
  return undefined;
}

/** The lock of a result that was set aside, as its files were not what it says; undefined where none was. */
export async function setAsideLock(layout: Layout, fingerprint: FingerprintHash): Promise<StageLock | undefined> {
  for (const name of await namesIn(layout.quarantine)) {
    if (!name.startsWith(`${fingerprint}-`)) continue;
    const lock = await readJson<StageLock>(join(layout.quarantine, name, 'lock.json'));
    if (lock !== undefined && isLockOf(lock, fingerprint) && isNamedAfterItsKey(lock)) return lock;
  }
  return undefined;
}
