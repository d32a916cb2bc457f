/** What is no result: leftovers of the dead, what was set aside, and what has served its purpose. */
import { existsSync } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { unreachable } from '../errors.ts';
import type { FingerprintHash } from '../hash.ts';
import { observeClaim, removeClaims } from './claims.ts';
import type { CollectRequest } from './collect.ts';
import { forgottenLocks } from './collect-links.ts';
import { jsonText, readJson, writeAtomic } from './files.ts';
import { removeFolder } from './folders.ts';
import type { InUse } from './in-use.ts';
import { type Layout, publishedStage } from './layout.ts';
import { isLeft, leftovers } from './leftovers.ts';
import { below, namesIn } from './listing.ts';
import { isLockOf } from './lock-shape.ts';
import type { StageLock } from './published.ts';
import { emptyOut, moveToTrash } from './trash.ts';

export interface RestToGo {
  readonly kind:
    | 'scratch'
    | 'claim'
    | 'slots'
    | 'quarantine'
    | 'trash'
    | 'checkpoint'
    | 'reproduction'
    | 'submission'
    | 'unfinished'
    | 'lock';
  /** Below `runs/`. */
  readonly path: string;
  readonly bytes: number;
}

type Found = Omit<RestToGo, 'bytes'>;

export async function planRest(request: CollectRequest, { byAnyone, left }: InUse): Promise<RestToGo[]> {
  const { layout, graceMs } = request;
  const found: Found[] = [
    ...(await leftovers(layout)).map(({ kind, path }): Found => ({ kind, path })),
    ...left.map((path): Found => ({ kind: 'claim', path })),
    ...(await inFolder(layout.quarantine, 'quarantine')),
    ...(await inFolder(layout.trash, 'trash')),
    ...(await inFolder(layout.claims('.'), 'trash')).filter(({ path }) => path.endsWith('.old')),
    ...(byAnyone ? [] : await unfinishedFiles(layout)),
    ...(await endedReproductions(layout)),
    ...(await doneCheckpoints(layout)),
    ...(await endedSubmissions(layout)),
    ...(await forgottenLocks(request)).map(({ path }): Found => ({ kind: 'lock', path })),
  ];
  const toGo: RestToGo[] = [];
  for (const { kind, path } of found) {
    const at = await lstat(path).catch(() => undefined);
    if (at === undefined || Math.max(at.ctimeMs, at.mtimeMs) > Date.now() - graceMs) continue; // a rename sets ctime
    toGo.push({ kind, path: below(layout, path), bytes: await bytesOf(path) });
  }
  return toGo;
}

async function inFolder(folder: string, kind: Found['kind']): Promise<Found[]> {
  return (await namesIn(folder)).map((name) => ({ kind, path: join(folder, name) }));
}

/** Files that a process which died was writing. */
async function unfinishedFiles(layout: Layout): Promise<Found[]> {
  const collected = await inFolder(layout.collectedRoot, 'unfinished');
  return [
    ...(await inFolder(join(layout.objects, '.tmp'), 'unfinished')),
    ...collected.filter(({ path }) => path.endsWith('.tmp')),
  ];
}

/** Each is named after its process, which may run on another machine. */
async function endedReproductions(layout: Layout): Promise<Found[]> {
  const ended: Found[] = [];
  for (const found of await inFolder(layout.reproduction('.'), 'reproduction'))
    if (await isLeft(found.path, found.path.replace(/^.*@\d+-/, ''))) ended.push(found);
  return ended;
}

/** The result is there: nobody goes on from its checkpoint. */
async function doneCheckpoints(layout: Layout): Promise<Found[]> {
  const done: Found[] = [];
  for (const name of (await namesIn(join(layout.runs, 'checkpoints'))) as FingerprintHash[]) {
    const isHeld = (await observeClaim(layout.claims(name)))?.held ?? false;
    if (!isHeld && existsSync(layout.stage(name).lock))
      done.push({ kind: 'checkpoint', path: layout.checkpoint(name) });
  }
  return done;
}

/** Its attempt has its lock, or was removed: what its jobs said is on record. */
async function endedSubmissions(layout: Layout): Promise<Found[]> {
  const open = new Set([...(await namesIn(layout.submissionsOpen)), 'open']);
  const all = await inFolder(layout.submissionsRoot, 'submission');
  return all.filter(({ path }) => !open.has(basename(path)));
}

export async function removeRest(layout: Layout, { kind, path }: RestToGo): Promise<void> {
  const absolute = join(layout.runs, path);
  switch (kind) {
    case 'claim':
      return await removeClaims(absolute);
    case 'quarantine':
    case 'trash':
      await rememberLock(layout, absolute);
      return await removeFolder(absolute);
    case 'lock':
      return await removeFolder(absolute);
    case 'scratch':
    case 'slots':
    case 'checkpoint':
    case 'reproduction':
    case 'submission':
    case 'unfinished': {
      const trashed = await moveToTrash(layout, absolute); // one step: nobody finds half of it
      return trashed === undefined ? undefined : await emptyOut(trashed);
    }
    default:
      return unreachable(kind);
  }
}

/** Runs may point at a damaged result that was never made again, or at one that a killed collection had in the trash. */
async function rememberLock(layout: Layout, folder: string): Promise<void> {
  const { lock: file, outs } = publishedStage(folder);
  const lock = await readJson<StageLock>(file);
  if (lock?.fingerprint === undefined || !isLockOf(lock, lock.fingerprint)) return;
  if ([layout.stage(lock.fingerprint).lock, layout.collected(lock.fingerprint)].some((known) => existsSync(known)))
    return;
  await removeFolder(outs); // first: on a full disk it makes the room
  await writeAtomic(layout.collected(lock.fingerprint), jsonText(lock));
}

async function bytesOf(path: string): Promise<number> {
  const at = await lstat(path).catch(() => undefined);
  if (at?.isDirectory() !== true) return at?.isFile() ? at.size : 0;
  let bytes = 0;
  for (const name of await namesIn(path)) bytes += await bytesOf(join(path, name));
  return bytes;
}
