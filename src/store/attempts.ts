/** The folder of a run: its config, its attempts, and the pointers to what its stages produced. */
import { rmSync, symlinkSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { AttemptId, RunStatus, StageOutcome } from '../events.ts';
import type { ConfigHash, FingerprintHash } from '../hash.ts';
import { isErrno, jsonText, readJson, unlessStale, writeAtomic } from './files.ts';
import type { Layout } from './layout.ts';

/** lock.json of an attempt. Stages that it did not look at are carried over from the attempt before. */
export interface AttemptLock {
  readonly format: 1;
  readonly configHash: ConfigHash;
  readonly attempt: number;
  readonly status: RunStatus;
  readonly stages: Readonly<Record<string, { readonly outcome: StageOutcome; readonly fingerprint?: FingerprintHash }>>;
}

const withResult: readonly StageOutcome[] = ['fresh', 'cached', 'ran'];

/** Stages with a result: a failed one has a key, and nothing under it. */
export function pointers(lock: AttemptLock | undefined): [string, { readonly fingerprint: FingerprintHash }][] {
  return Object.entries(lock?.stages ?? {}).flatMap(([stage, state]) =>
    state?.fingerprint !== undefined && withResult.includes(state.outcome)
      ? [[stage, { fingerprint: state.fingerprint }]]
      : [],
  );
}

/** Whether the attempt points at the result of this key: then it is fresh, where it still stands. */
export function hasResult(lock: AttemptLock | undefined, stage: string, fingerprint: FingerprintHash): boolean {
  const pointer = lock?.stages[stage];
  return pointer?.fingerprint === fingerprint && withResult.includes(pointer.outcome);
}

/** Takes the next attempt number: an exclusive create, so that two processes never share one. */
export async function newAttempt(layout: Layout, configHash: ConfigHash): Promise<AttemptId> {
  const run = layout.run(configHash);
  await mkdir(run.attempts, { recursive: true });
  const removed = await readJson<{ highest: number }>(layout.removed(configHash));
  const standing = await attemptNumbers(layout, configHash);
  for (let attempt = Math.max(standing[0] ?? 0, removed?.highest ?? 0) + 1; ; attempt++) {
    try {
      await mkdir(run.attempt(attempt).folder);
      return { configHash, attempt };
    } catch (error) {
      if (!isErrno(error, 'EEXIST')) throw error;
    }
  }
}

/** Numbers of a run's attempts, newest first. */
export async function attemptNumbers(layout: Layout, configHash: ConfigHash): Promise<number[]> {
  const names = await unlessStale(() => readdir(layout.run(configHash).attempts)).catch((error: unknown) => {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  });
  return names
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => b - a);
}

/** The newest lock of a run; attempts that were killed left none. */
export async function newestLock(layout: Layout, configHash: ConfigHash): Promise<AttemptLock | undefined> {
  return (await attemptLocks(layout, configHash, 1))[0];
}

/** The newest locks of a run, so many at most. */
export async function attemptLocks(layout: Layout, configHash: ConfigHash, limit: number): Promise<AttemptLock[]> {
  const locks: AttemptLock[] = [];
  for (const attempt of await attemptNumbers(layout, configHash)) {
    if (locks.length === limit) break;
    const lock = await readJson<AttemptLock>(layout.run(configHash).attempt(attempt).lock);
    if (lock !== undefined && isLockOf(lock, attempt)) locks.push(lock);
  }
  return locks;
}

/** Whether it says what a lock must: one that was emptied or torn points at nothing. */
function isLockOf(lock: Partial<AttemptLock>, attempt: number): boolean {
  const { format, stages } = lock;
  if (format !== 1 || lock.attempt !== attempt || typeof stages !== 'object' || stages === null) return false;
  return Object.values(stages).every((stage) => typeof stage?.outcome === 'string');
}

export async function writeAttemptLock(layout: Layout, lock: AttemptLock): Promise<void> {
  await writeAtomic(layout.run(lock.configHash).attempt(lock.attempt).lock, jsonText(lock));
}

/** Lets `<run>/<stage>` lead to a published result: a convenience for people, never read back. */
export async function pointTo(layout: Layout, configHash: ConfigHash, stage: string, fingerprint: FingerprintHash) {
  const link = layout.run(configHash).pointer(stage);
  const target = relative(join(link, '..'), layout.stage(fingerprint).folder);
  rmSync(link, { force: true });
  try {
    symlinkSync(target, link);
  } catch (error) {
    if (!isErrno(error, 'EEXIST', 'EPERM', 'ENOTSUP')) throw error;
  }
}
