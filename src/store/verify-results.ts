/** Published results: the lock is whole and of its key, and every file is what the lock says. */
import { existsSync } from 'node:fs';
import type { FingerprintHash } from '../hash.ts';
import { isErrno, readJson } from './files.ts';
import type { Layout } from './layout.ts';
import { below, publishedFingerprints } from './listing.ts';
import { isLockOf, isNamedAfterItsKey } from './lock-shape.ts';
import { type StageLock, setAside, setAsideUnreadable } from './published.ts';
import type { Problem, Verified } from './verify.ts';
import { damagedParts } from './whole.ts';

export async function verifyResults(layout: Layout): Promise<Verified & { files: number; bytes: number }> {
  const problems: Problem[] = [];
  const checked = { count: 0, files: 0, bytes: 0 };
  for (const fingerprint of await publishedFingerprints(layout)) {
    const { problem, lock } = await verifyResult(layout, fingerprint);
    if (problem !== undefined) problems.push(problem);
    const outputs = Object.values(lock?.outputs ?? {});
    checked.count += 1;
    checked.files += outputs.reduce((sum, { files }) => sum + files.length, 0);
    checked.bytes += outputs.reduce((sum, { size }) => sum + size, 0);
  }
  return { problems, ...checked };
}

const mostTries = 3;

/** Reads it once more where it was replaced or collected while it was read. */
async function verifyResult(
  layout: Layout,
  fingerprint: FingerprintHash,
): Promise<{ readonly problem?: Problem; readonly lock?: StageLock }> {
  for (let tries = 1; ; tries++) {
    const { folder } = layout.stage(fingerprint);
    const lock = await readLock(layout, fingerprint);
    const message = lock === undefined ? 'its lock.json is missing or damaged' : await damageOf(layout, lock);
    if (message === undefined) return lock === undefined ? {} : { lock };
    if (!existsSync(folder)) return {};
    const moved = await movedAside(() =>
      lock === undefined ? setAsideUnreadable(layout, fingerprint) : setAside(layout, lock),
    );
    const isAnother = moved === undefined; // it has been made again, or is gone
    if (isAnother && tries < mostTries) continue;
    const aside = moved === undefined || moved === 'refused' ? {} : { setAside: below(layout, moved) };
    return { problem: { kind: 'result', path: below(layout, folder), message, ...aside } };
  }
}

async function readLock(layout: Layout, fingerprint: FingerprintHash): Promise<StageLock | undefined> {
  const lock = await readJson<StageLock>(layout.stage(fingerprint).lock);
  return lock !== undefined && isLockOf(lock, fingerprint) ? lock : undefined;
}

async function damageOf(layout: Layout, lock: StageLock): Promise<string | undefined> {
  if (!isNamedAfterItsKey(lock)) return 'its lock.json holds another key than its name';
  const damaged = await damagedParts(layout.stage(lock.fingerprint).folder, lock);
  return damaged.length === 0 ? undefined : `not what was recorded: ${damaged.join(', ')}`;
}

/** A store that may only be read keeps what is damaged in it where it is. */
export async function movedAside<Where>(move: () => Promise<Where>): Promise<Where | 'refused'> {
  try {
    return await move();
  } catch (error) {
    if (isErrno(error, 'EACCES', 'EPERM', 'EROFS')) return 'refused';
    throw error;
  }
}
