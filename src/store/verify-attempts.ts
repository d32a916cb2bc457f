/** Attempts: their locks are whole, and what they point at is there, or known to have been collected or set aside. */
import { existsSync } from 'node:fs';
import type { ConfigHash, ContentHash, FingerprintHash } from '../hash.ts';
import { damagedFiles } from './attempt-damage.ts';
import { objectsOfAttempt } from './attempt-objects.ts';
import { attemptLock, attemptNumbers, pointers } from './attempts.ts';
import { recordedLock, setAsideLock } from './collected.ts';
import { configHashes } from './latest.ts';
import type { Layout } from './layout.ts';
import { below } from './listing.ts';
import { hasObject } from './objects.ts';
import type { Problem, Verified } from './verify.ts';

/** What was found damaged already, and needs no second word. */
export interface Told {
  readonly results: ReadonlySet<FingerprintHash>;
  readonly objects: ReadonlySet<ContentHash>;
}

/** One message for each thing that is missing, however many attempts need it. */
export async function verifyAttempts(layout: Layout, told: Told): Promise<Verified> {
  const seen = { results: new Set(told.results), objects: new Set(told.objects) };
  const problems: Problem[] = [];
  let count = 0;
  for (const configHash of await configHashes(layout))
    for (const attempt of await attemptNumbers(layout, configHash)) {
      problems.push(...(await verifyAttempt(layout, configHash, attempt, seen)));
      count += 1;
    }
  return { problems, count };
}

interface Seen {
  readonly results: Set<FingerprintHash>;
  readonly objects: Set<ContentHash>;
}

async function verifyAttempt(layout: Layout, configHash: ConfigHash, attempt: number, seen: Seen): Promise<Problem[]> {
  const files = layout.run(configHash).attempt(attempt);
  const problem = (file: string, message: string): Problem => ({
    kind: 'attempt',
    path: below(layout, file),
    message,
  });
  const lock = await attemptLock(layout, { configHash, attempt });
  const damaged = (await damagedFiles(layout, { configHash, attempt })).map(({ file, message }) =>
    problem(file, message),
  );
  for (const [stage, { fingerprint }] of pointers(lock)) {
    if (seen.results.has(fingerprint)) continue;
    if (((await recordedLock(layout, fingerprint)) ?? (await setAsideLock(layout, fingerprint))) !== undefined)
      continue;
    seen.results.add(fingerprint);
    damaged.push(problem(files.lock, `the result of ${stage} is not there: ${fingerprint}`));
  }
  for (const hash of await objectsOfAttempt(layout, { configHash, attempt })) {
    if (seen.objects.has(hash) || (await hasObject(layout, hash))) continue;
    seen.objects.add(hash);
    damaged.push(problem(files.inputs, `an object that it was made from is not there: ${hash}`));
  }
  // A run that was removed meanwhile needs nothing.
  return damaged.length === 0 || existsSync(files.folder) ? damaged : [];
}
