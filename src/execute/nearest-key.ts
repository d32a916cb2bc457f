/** The past key of a stage that is nearest to today's, to say what changed since. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type ConfigHash, short } from '../hash.ts';
import { type Fingerprint, fingerprintChanges } from '../plan/fingerprint.ts';
import { type AttemptLock, newestLock } from '../store/attempts.ts';
import { readJson } from '../store/files.ts';
import type { Layout } from '../store/layout.ts';
import type { StageLock } from '../store/published.ts';

export interface PastKey {
  readonly key: StageLock['key'];
  /** `HASH@2`: the attempt that had it. */
  readonly run: string;
}

/** How many past runs are looked at, newest first: what changed since longer ago is not news. */
const runsLookedAt = 30;

export async function nearestKey(
  layout: Layout,
  stage: string,
  today: Fingerprint,
  previous: AttemptLock | undefined,
): Promise<PastKey | undefined> {
  const candidates = previous === undefined ? await newestRuns(layout) : [previous, ...(await newestRuns(layout))];
  let best: { past: PastKey; changes: number } | undefined;
  for (const lock of candidates) {
    const past = await keyIn(layout, lock, stage);
    if (past === undefined) continue;
    const changes = fingerprintChanges(past.key, today).length;
    if (best === undefined || changes < best.changes) best = { past, changes };
    if (lock === previous) break; // the same experiment's own last state is what a person compares with
  }
  return best?.past;
}

async function keyIn(layout: Layout, lock: AttemptLock, stage: string): Promise<PastKey | undefined> {
  const fingerprint = lock.stages[stage]?.fingerprint;
  if (fingerprint === undefined) return undefined;
  const published = await readJson<StageLock>(layout.stage(fingerprint).lock);
  if (published === undefined) return undefined;
  return { key: published.key, run: `${short(lock.configHash)}@${lock.attempt}` };
}

async function newestRuns(layout: Layout): Promise<AttemptLock[]> {
  const names = (await readdir(layout.runs).catch(() => [])).filter((name) => /^[0-9a-f]{64}$/.test(name));
  const dated = await Promise.all(
    names.map(async (name) => ({
      name,
      at: (await stat(join(layout.runs, name, 'attempts')).catch(() => undefined))?.mtimeMs ?? 0,
    })),
  );
  const newest = dated.sort((a, b) => b.at - a.at).slice(0, runsLookedAt);
  const locks = await Promise.all(newest.map(({ name }) => newestLock(layout, name as ConfigHash)));
  return locks.filter((lock) => lock !== undefined);
}
