/** What a stage came to under today's key before, and the past key that is nearest to it: to say what changed since. */
import type { StageOutcome } from '../events.ts';
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

/** What a stage came to in a past attempt. */
export interface PastOutcome {
  readonly outcome: StageOutcome;
  /** `HASH@2` */
  readonly run: string;
}

/** The past, read when it is first asked for and then once for all stages. */
export interface PastKeys {
  /** What the very key came to last, in the experiment's own last attempt before any other. Undefined where it is new. */
  last(stage: string, fingerprint: FingerprintHash): Promise<PastOutcome | undefined>;
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
  const read = () => {
    attempts ??= newestAttempts(layout, previous);
    return attempts;
  };
  return {
    last: async (stage, fingerprint) => {
      const found = (await read()).find((attempt) => attempt.stages[stage]?.fingerprint === fingerprint);
      const outcome = found?.stages[stage]?.outcome;
      return found && outcome && { outcome, run: nameOf(found) };
    },
    nearest: async (stage, today) => {
      let best: { past: PastKey; changes: number } | undefined;
      for (const attempt of await read()) {
        const fingerprint = attempt.stages[stage]?.fingerprint;
        const lock = fingerprint && (await lockOf(fingerprint));
        if (lock === undefined) continue;
        const changes = fingerprintChanges(lock.key, today).length;
        if (best === undefined || changes < best.changes)
          best = { past: { key: lock.key, run: nameOf(attempt) }, changes };
      }
      return best?.past;
    },
  };
}

const nameOf = ({ configHash, attempt }: AttemptLock) => `${short(configHash)}@${attempt}`;

async function newestAttempts(layout: Layout, previous: AttemptLock | undefined): Promise<AttemptLock[]> {
  const runs = (await runsByTime(layout)).slice(0, runsLookedAt);
  const locks = await Promise.all(runs.map((run) => attemptLocks(layout, run, attemptsLookedAt)));
  return [...(previous === undefined ? [] : [previous]), ...locks.flat()];
}
