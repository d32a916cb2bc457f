/** Which results attempts point at, and why those attempts are kept. */
import { existsSync } from 'node:fs';
import { type ConfigHash, type FingerprintHash, short } from '../hash.ts';
import { type AttemptLock, attemptNumbers, pointers } from './attempts.ts';
import type { AttemptReason, Keep } from './collect.ts';
import { readJson } from './files.ts';
import { configHashes } from './latest.ts';
import type { Layout } from './layout.ts';

export interface Keeper {
  readonly why: AttemptReason;
  /** An attempt, `HASH@2`. */
  readonly by: string;
}

/** A result, as far as pointers go. */
export interface Standing {
  readonly fingerprint: FingerprintHash;
  /** The attempt that made it, `HASH@2`. */
  readonly run: string;
}

export interface Pointed {
  /** Why it must stay; undefined where no attempt that counts needs it. */
  keeper(result: Standing): Keeper | undefined;
  /** Whether any attempt points at it, kept or not. */
  isPointedAt(result: Standing): boolean;
}

/** An attempt that was killed left no lock: what it made is its own, and spares the next one the work. */
export async function pointedAt(layout: Layout, { dropped, because }: Pick<Keep, 'dropped' | 'because'>) {
  const ofResult = new Map<FingerprintHash, Keeper | undefined>();
  const ofMaker = new Map<string, Keeper | undefined>();
  for (const configHash of await configHashes(layout))
    for (const attempt of await attemptNumbers(layout, configHash)) {
      const lock = await readJson<AttemptLock>(layout.run(configHash).attempt(attempt).lock);
      const name = `${configHash}@${attempt}`;
      const by = `${short(configHash)}@${attempt}`;
      const keeper = dropped.has(name) ? undefined : { why: because?.get(name) ?? 'pointed-at', by };
      if (lock === undefined) {
        ofMaker.set(by, ofMaker.get(by) ?? keeper);
        for (const fingerprint of await waitedFor(layout, configHash, attempt))
          ofResult.set(fingerprint, stronger(ofResult.get(fingerprint), keeper));
      }
      for (const [, { fingerprint }] of pointers(lock))
        ofResult.set(fingerprint, stronger(ofResult.get(fingerprint), keeper));
    }
  const pointed: Pointed = {
    keeper: ({ fingerprint, run }) => ofResult.get(fingerprint) ?? ofMaker.get(run),
    isPointedAt: ({ fingerprint, run }) => ofResult.has(fingerprint) || ofMaker.has(run),
  };
  return pointed;
}

/** What jobs of the attempt that are still in a queue will read. */
async function waitedFor(layout: Layout, configHash: ConfigHash, attempt: number): Promise<FingerprintHash[]> {
  const { plan, open } = layout.submission({ configHash, attempt });
  if (!existsSync(open)) return [];
  const submission = await readJson<{ known?: Readonly<Record<string, { fingerprint: FingerprintHash }>> }>(plan);
  return Object.values(submission?.known ?? {}).map(({ fingerprint }) => fingerprint);
}

/** Of several the one that is told. */
const strength: readonly AttemptReason[] = ['pinned', 'tagged', 'running', 'best', 'last', 'younger', 'pointed-at'];

function stronger(a: Keeper | undefined, b: Keeper | undefined): Keeper | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return strength.indexOf(b.why) < strength.indexOf(a.why) ? b : a;
}
