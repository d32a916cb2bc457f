/** Results that nobody who counts points at. Of a collected one its lock stays: what it was is still known. */
import { existsSync } from 'node:fs';
import { readdir, readlink, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { FingerprintHash } from '../hash.ts';
import { short } from '../hash.ts';
import { type AttemptLock, attemptNumbers } from './attempts.ts';
import { observeClaim } from './claims.ts';
import type { CollectRequest } from './collect.ts';
import { isErrno, jsonText, readJson, writeAtomic } from './files.ts';
import { type InUse, usedAtMs, whoUses } from './in-use.ts';
import { configHashes } from './latest.ts';
import { type Layout, publishedStage } from './layout.ts';
import { below, publishedFingerprints } from './listing.ts';
import { isLockOf } from './lock-shape.ts';
import type { StageLock } from './published.ts';
import { emptyOut, moveToTrash, restoreFromTrash } from './trash.ts';
import { pointers } from './verify-attempts.ts';

export interface ResultToGo {
  readonly lock: StageLock;
  readonly path: string;
  readonly bytes: number;
  readonly usedAtMs: number;
}

interface ResultsPlan {
  readonly toGo: readonly ResultToGo[];
  readonly count: number;
  readonly bytes: number;
}

export async function planResults(request: CollectRequest, inUse: InUse, startedMs: number): Promise<ResultsPlan> {
  const { layout, keep, graceMs } = request;
  const pointed = await pointedAt(layout, keep.dropped);
  const standing = await standingResults(layout);
  const bytes = standing.reduce((sum, result) => sum + result.bytes, 0);
  const mayGo: ResultToGo[] = [];
  for (const result of standing) {
    const { lock, usedAtMs } = result;
    const isYoung = usedAtMs > startedMs - graceMs || usedAtMs >= Math.min(inUse.sinceMs, startedMs);
    if (inUse.entirely || isYoung || pointed.isKept(lock) || (await isClaimed(layout, lock.fingerprint))) continue;
    mayGo.push(result);
  }
  const toGo = withinBudget(mayGo, pointed, keep.maxBytes === undefined ? undefined : bytes - keep.maxBytes);
  return { toGo, count: standing.length, bytes };
}

/** What no run points at goes in any case; of the rest the longest unused, until so many bytes are free. */
function withinBudget(mayGo: readonly ResultToGo[], pointed: Pointed, excessBytes: number | undefined): ResultToGo[] {
  if (excessBytes === undefined) return [...mayGo];
  const toGo = mayGo.filter(({ lock }) => !pointed.isPointedAt(lock));
  let left = excessBytes - toGo.reduce((sum, { bytes }) => sum + bytes, 0);
  const others = mayGo.filter(({ lock }) => pointed.isPointedAt(lock)).sort((a, b) => a.usedAtMs - b.usedAtMs);
  for (const result of others) {
    if (left <= 0) break;
    toGo.push(result);
    left -= result.bytes;
  }
  return toGo;
}

interface Pointed {
  isKept(lock: StageLock): boolean;
  isPointedAt(lock: StageLock): boolean;
}

/** An attempt that was killed left no lock: what it made is its own, and spares the next one the work. */
async function pointedAt(layout: Layout, dropped: ReadonlySet<string>): Promise<Pointed> {
  const all = { fingerprints: new Set<FingerprintHash>(), makers: new Set<string>() };
  const keeping = { fingerprints: new Set<FingerprintHash>(), makers: new Set<string>() };
  for (const configHash of await configHashes(layout))
    for (const attempt of await attemptNumbers(layout, configHash)) {
      const lock = await readJson<AttemptLock>(layout.run(configHash).attempt(attempt).lock);
      const isKept = !dropped.has(`${configHash}@${attempt}`);
      for (const to of isKept ? [all, keeping] : [all]) {
        if (lock === undefined) to.makers.add(`${short(configHash)}@${attempt}`);
        for (const [, { fingerprint }] of pointers(lock)) to.fingerprints.add(fingerprint);
      }
    }
  const isIn =
    ({ fingerprints, makers }: typeof all) =>
    ({ fingerprint, execution }: StageLock) =>
      fingerprints.has(fingerprint) || makers.has(execution.run);
  return { isKept: isIn(keeping), isPointedAt: isIn(all) };
}

/** A folder without a whole lock is left to `verify`, and to the next run that needs it. */
async function standingResults(layout: Layout): Promise<ResultToGo[]> {
  const found: ResultToGo[] = [];
  for (const fingerprint of await publishedFingerprints(layout)) {
    const files = layout.stage(fingerprint);
    const at = await usedAtMs(files);
    const lock = await readJson<StageLock>(files.lock);
    if (at === undefined || lock === undefined || !isLockOf(lock, fingerprint)) continue;
    const bytes = Object.values(lock.outputs).reduce((sum, { size }) => sum + size, 0);
    found.push({ lock, path: below(layout, files.folder), bytes, usedAtMs: at });
  }
  return found;
}

async function isClaimed(layout: Layout, fingerprint: FingerprintHash): Promise<boolean> {
  return (await observeClaim(layout.claims(fingerprint)))?.held ?? false;
}

/** False where somebody has come to use it since it was looked at: it stays. */
export async function removeResult(layout: Layout, { lock, usedAtMs: before }: ResultToGo): Promise<boolean> {
  const { fingerprint } = lock;
  const files = layout.stage(fingerprint);
  const isAsBefore = async (folder: string) =>
    (await usedAtMs(publishedStage(folder))) === before && !(await whoUses(layout)).entirely;
  if (!(await isAsBefore(files.folder)) || (await isClaimed(layout, fingerprint))) return false;
  await writeAtomic(layout.collected(fingerprint), jsonText(lock)); // before it goes: no pointer ever leads nowhere
  const trashed = await moveToTrash(layout, files.folder);
  if (trashed === undefined) return false;
  if (!(await isAsBefore(trashed.at)) || (await isClaimed(layout, fingerprint))) {
    await restoreFromTrash(trashed);
    return false;
  }
  await removeLinks(layout, fingerprint);
  await emptyOut(trashed);
  return true;
}

/** The links for people in the folders of runs, where they lead to it and it has not been made again. */
async function removeLinks(layout: Layout, fingerprint: FingerprintHash): Promise<void> {
  for (const configHash of await configHashes(layout)) {
    const { folder } = layout.run(configHash);
    for (const entry of await readdir(folder, { withFileTypes: true }).catch(goneIsEmpty)) {
      if (!entry.isSymbolicLink()) continue;
      const link = join(folder, entry.name);
      const target = await readlink(link).catch(() => '');
      if (basename(target) === fingerprint && !existsSync(link)) await rm(link, { force: true });
    }
  }
}

function goneIsEmpty(error: unknown): [] {
  if (isErrno(error, 'ENOENT')) return [];
  throw error;
}
