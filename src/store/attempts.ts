/** The folder of a run: its config, its attempts, and the pointers to what its stages produced. */
import { rmSync, symlinkSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { AttemptId, RunStatus, StageOutcome } from '../events.ts';
import { type ConfigHash, type ContentHash, type FingerprintHash, hashFile } from '../hash.ts';
import { isErrno, jsonText, readJson, unlessStale, writeAtomic } from './files.ts';
import type { Layout } from './layout.ts';
import { isUnbroken, type Sealed, sealed } from './seal.ts';

/** lock.json of an attempt. Stages that it did not look at are carried over from the attempt before. */
export interface AttemptLock extends Sealed {
  readonly format: 1;
  readonly configHash: ConfigHash;
  readonly attempt: number;
  readonly status: RunStatus;
  readonly stages: Readonly<Record<string, { readonly outcome: StageOutcome; readonly fingerprint?: FingerprintHash }>>;
  /** The other files of the attempt's folder as it left them, by name; absent in attempts of 0.1.0. */
  readonly files?: Readonly<Record<string, ContentHash>>;
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
    const lock = await attemptLock(layout, { configHash, attempt });
    if (lock !== undefined) locks.push(lock);
  }
  return locks;
}

/** The lock of an attempt; undefined where it left none, or it is not what was written. */
export async function attemptLock(
  layout: Layout,
  { configHash, attempt }: AttemptId,
): Promise<AttemptLock | undefined> {
  const lock = await readJson<AttemptLock>(layout.run(configHash).attempt(attempt).lock);
  return lock !== undefined && isLockOf(lock, attempt) ? lock : undefined;
}

/** Whether it says what a lock must, as it was written: one that was emptied or torn points at nothing. */
function isLockOf(lock: Partial<AttemptLock>, attempt: number): boolean {
  const { format, stages } = lock;
  if (format !== 1 || lock.attempt !== attempt || typeof stages !== 'object' || stages === null) return false;
  return Object.values(stages).every((stage) => typeof stage?.outcome === 'string') && isUnbroken(lock);
}

/** When all else of the attempt is written: the lock vouches for it. */
export async function writeAttemptLock(layout: Layout, lock: AttemptLock): Promise<void> {
  const at = layout.run(lock.configHash).attempt(lock.attempt);
  await writeAtomic(at.lock, jsonText(sealed({ ...lock, files: await filesIn(at.folder) })));
}

/** What a stage has put in the place of its log, a pipe or a device, has no content. */
async function filesIn(folder: string): Promise<Record<string, ContentHash>> {
  const entries = await unlessStale(() => readdir(folder, { withFileTypes: true })).catch((error: unknown) => {
    if (isErrno(error, 'ENOENT')) return []; // removed meanwhile
    throw error;
  });
  const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  const files = names.filter((name) => name !== 'lock.json' && !name.endsWith('.tmp')).sort();
  const hashes = await Promise.all(files.map((name) => unlessStale(() => hashFile(join(folder, name)))));
  return Object.fromEntries(files.map((name, at) => [name, hashes[at] as ContentHash]));
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
