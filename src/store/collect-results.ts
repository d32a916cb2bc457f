/** Results that nobody who counts points at. Of a collected one its lock stays: what it was is still known. */
import type { FingerprintHash } from '../hash.ts';
import { observeClaim } from './claims.ts';
import type { CollectRequest, Kept } from './collect.ts';
import { type Pointed, pointedAt, type Standing } from './collect-pointers.ts';
import { isFull, jsonText, readJson, writeAtomic } from './files.ts';
import { removeFolder } from './folders.ts';
import { type InUse, usedAtMs, useMark, whoUses } from './in-use.ts';
import { type Layout, publishedStage } from './layout.ts';
import { below, publishedFingerprints } from './listing.ts';
import { isLockOf } from './lock-shape.ts';
import type { StageLock } from './published.ts';
import { emptyOut, moveToTrash, restoreFromTrash } from './trash.ts';

export interface ResultToGo extends Standing {
  readonly path: string;
  readonly bytes: number;
  readonly usedAtMs: number;
  /** Changes whenever somebody uses it. */
  readonly mark: string;
}

interface ResultsPlan {
  readonly toGo: readonly ResultToGo[];
  readonly kept: readonly Kept[];
}

export async function planResults(request: CollectRequest, inUse: InUse, startedMs: number): Promise<ResultsPlan> {
  const { layout, keep, graceMs } = request;
  const pointed = await pointedAt(layout, keep);
  const standing = await standingResults(layout);
  const mayGo: ResultToGo[] = [];
  const kept: Kept[] = [];
  for (const result of standing) {
    const { path, bytes, usedAtMs } = result;
    const keeper = pointed.keeper(result);
    const stays = (why: Kept['why']) => kept.push({ path, bytes, why });
    if (keeper !== undefined) kept.push({ path, bytes, ...keeper });
    else if (inUse.entirely || usedAtMs >= Math.min(inUse.sinceMs, startedMs)) stays('in-use');
    else if (usedAtMs > startedMs - graceMs) stays('recent');
    else if (await isClaimed(layout, result.fingerprint)) stays('claimed');
    else mayGo.push(result);
  }
  const bytes = standing.reduce((sum, result) => sum + result.bytes, 0);
  const toGo = withinBudget(mayGo, pointed, keep.maxBytes === undefined ? undefined : bytes - keep.maxBytes);
  const going = new Set(toGo);
  for (const result of mayGo)
    if (!going.has(result)) kept.push({ path: result.path, bytes: result.bytes, why: 'room' });
  return { toGo, kept };
}

/** What no run points at goes in any case; of the rest the longest unused, until so many bytes are free. */
function withinBudget(mayGo: readonly ResultToGo[], pointed: Pointed, excessBytes: number | undefined): ResultToGo[] {
  if (excessBytes === undefined) return [...mayGo];
  const toGo = mayGo.filter((result) => !pointed.isPointedAt(result));
  let left = excessBytes - toGo.reduce((sum, { bytes }) => sum + bytes, 0);
  const others = mayGo.filter((result) => pointed.isPointedAt(result)).sort((a, b) => a.usedAtMs - b.usedAtMs);
  for (const result of others) {
    if (left <= 0) break;
    toGo.push(result);
    left -= result.bytes;
  }
  return toGo;
}

/** A folder without a whole lock is left to `verify`, and to the next run that needs it. */
async function standingResults(layout: Layout): Promise<ResultToGo[]> {
  const found: ResultToGo[] = [];
  for (const fingerprint of await publishedFingerprints(layout)) {
    const files = layout.stage(fingerprint);
    const mark = await useMark(files); // first: a use between the two shows
    const at = await usedAtMs(files);
    const lock = await readJson<StageLock>(files.lock);
    if (at === undefined || lock === undefined || !isLockOf(lock, fingerprint)) continue;
    const bytes = Object.values(lock.outputs).reduce((sum, { size }) => sum + size, 0);
    const path = below(layout, files.folder);
    found.push({ fingerprint, run: lock.execution.run, path, bytes, usedAtMs: at, mark });
  }
  return found;
}

async function isClaimed(layout: Layout, fingerprint: FingerprintHash): Promise<boolean> {
  return (await observeClaim(layout.claims(fingerprint)))?.held ?? false;
}

/** False where somebody has come to use it since it was looked at: it stays. */
export async function removeResult(layout: Layout, { fingerprint, mark }: ResultToGo): Promise<boolean> {
  const { folder, lock: file } = layout.stage(fingerprint);
  const isUnused = async (at: string) =>
    (await useMark(publishedStage(at))) === mark &&
    !(await whoUses(layout)).entirely &&
    !(await isClaimed(layout, fingerprint));
  const lock = await readJson<StageLock>(file);
  if (lock === undefined || !(await isUnused(folder))) return false;
  const isKept = await keepIfRoom(layout, lock); // before it goes: no pointer ever leads nowhere
  if (!(await isUnused(folder))) return false; // that took its time
  const trashed = await moveToTrash(layout, folder);
  if (trashed === undefined) return false;
  if (!(await isUnused(trashed.at))) {
    await restoreFromTrash(trashed);
    return false;
  }
  if (!isKept) {
    await removeFolder(publishedStage(trashed.at).outs); // which makes the room
    await keepLock(layout, lock);
  }
  await emptyOut(trashed);
  return true;
}

async function keepLock(layout: Layout, lock: StageLock): Promise<void> {
  await writeAtomic(layout.collected(lock.fingerprint), jsonText(lock));
}

/** False where the disk is full. */
async function keepIfRoom(layout: Layout, lock: StageLock): Promise<boolean> {
  try {
    await keepLock(layout, lock);
    return true;
  } catch (error) {
    if (!isFull(error)) throw error;
    return false;
  }
}
