/** The past key of a stage that is nearest to today's, to say what changed since. */
import { type FingerprintHash, short } from '../hash.ts';
import { type Fingerprint, fingerprintChanges } from '../plan/fingerprint.ts';
import { type AttemptLock, attemptLocks } from '../store/attempts.ts';
import { recordedLock } from '../store/collected.ts';
import { runsByTime } from '../store/latest.ts';
import type { Layout } from '../store/layout.ts';
import type { StageLock } from '../store/published.ts';

export interface PastKey {
  readonly key: StageLock['key'];
  /** `HASH@2`: the attempt that had it. */
  readonly run: string;
}

/** The past, read when it is first asked for and then once for all stages. */
export interface PastKeys {
  /**
   * The key with the fewest fields changed since; of equally near ones that of the experiment's own last attempt, then
   * the newest. Undefined where the stage has no result on record.
   */
  nearest(stage: string, today: Fingerprint): Promise<PastKey | undefined>;
}

/** How far back is looked: what changed since longer ago is not news. */
const runsLookedAt = 30;
const attemptsLookedAt = 5;

/** @param previous the last attempt of today's experiment */
export function pastKeys(layout: Layout, previous: AttemptLock | undefined): PastKeys {
  const locks = new Map<FingerprintHash, Promise<StageLock | undefined>>();
  let attempts: Promise<AttemptLock[]> | undefined;
  const lockOf = (fingerprint: FingerprintHash) => {
    const reading = locks.get(fingerprint) ?? recordedLock(layout, fingerprint);
    locks.set(fingerprint, reading);
    return reading;
  };
  return {
    nearest: async (stage, today) => {
      attempts ??= newestAttempts(layout, previous);
      let best: { past: PastKey; changes: number } | undefined;
      for (const attempt of await attempts) {
        const fingerprint = attempt.stages[stage]?.fingerprint;
        const lock = fingerprint && (await lockOf(fingerprint));
        if (lock === undefined) continue;
        const changes = fingerprintChanges(lock.key, today).length;
        const run = `${short(attempt.configHash)}@${attempt.attempt}`;
        if (best === undefined || changes < best.changes) best = { past: { key: lock.key, run }, changes };
      }
      return best?.past;
    },
  };
}

async function newestAttempts(layout: Layout, previous: AttemptLock | undefined): Promise<AttemptLock[]> {
  const runs = (await runsByTime(layout)).slice(0, runsLookedAt);
  const locks = await Promise.all(runs.map((run) => attemptLocks(layout, run, attemptsLookedAt)));
  return [...(previous === undefined ? [] : [previous]), ...locks.flat()];
}
