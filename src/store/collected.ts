/** Locks of results whose outputs were collected: what they were is still known, and compared with. */
import type { FingerprintHash } from '../hash.ts';
import { readJson } from './files.ts';
import type { Layout } from './layout.ts';
import type { StageLock } from './published.ts';

/** The lock of a result, whether its outputs are still there or not; undefined where nothing is known of it. */
export async function recordedLock(layout: Layout, fingerprint: FingerprintHash): Promise<StageLock | undefined> {
  return (
    (await readJson<StageLock>(layout.stage(fingerprint).lock)) ??
    (await readJson<StageLock>(layout.collected(fingerprint)))
  );
}
