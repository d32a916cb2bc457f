/**
 * A folder that several stores share: results are fetched from it, and kept there. It has the form of a store, so that a
 * result appears in it by one rename; what arrives is read and hashed before it counts. It can fail without failing a run.
 */
import { constants, existsSync } from 'node:fs';
import { copyFile, cp, mkdir, stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import type { FingerprintHash } from '../hash.ts';
import { isErrno, isSystemError, readJson } from './files.ts';
import { removeFolder } from './folders.ts';
import { type Layout, layoutOf, publishedStage } from './layout.ts';
import { isLockOf, isNamedAfterItsKey } from './lock-shape.ts';
import { ownedName } from './owned-names.ts';
import { publish, type StageLock, setAside } from './published.ts';
import { isWhole } from './whole.ts';

export interface Remote {
  /** Publishes the remote's result of a key here. False where it has none that is whole, or cannot be reached. */
  fetch(layout: Layout, fingerprint: FingerprintHash): Promise<boolean>;
  /** Keeps a result there, one after the other; does not wait for it. */
  push(layout: Layout, lock: StageLock): void;
  /** When all that was pushed is there, or could not be. */
  settled(): Promise<void>;
}

/**
 * @param folder absolute; it must exist, as one that is made where a shared disk is not mounted would be shared by nobody
 * @param warn is told once that it cannot be reached, and of each result there that is damaged
 */
export function openRemote(folder: string, warn: (message: string, hint: string) => void): Remote {
  const shared = layoutOf(folder);
  let usable: Promise<boolean> | undefined;
  let pushing: Promise<void> = Promise.resolve();
  let given = false;
  const giveUp = ({ message }: Error): false => {
    usable = Promise.resolve(false);
    if (!given) warn(`the remote ${folder} cannot be used: ${message}`, 'this run goes on without it');
    given = true;
    return false;
  };
  const isUsable = () => {
    usable ??= stat(folder).then(() => true, giveUp);
    return usable;
  };
  return {
    fetch: async (layout, fingerprint) => {
      if (!(await isUsable())) return false;
      try {
        const found = await fetchFrom(shared, layout, fingerprint);
        if (found === 'damaged') warn(`the remote's result ${fingerprint} is damaged`, damagedHint);
        return found === 'fetched';
      } catch (error) {
        if (!isSystemError(error)) throw error;
        if (isOfRemote(folder, error, 'here')) return isDeleted(folder, error) ? false : giveUp(error);
        warn(`the remote's result ${fingerprint} could not be kept here: ${error.message}`, 'it is made here');
        return false;
      }
    },
    push: (layout, lock) => {
      pushing = pushing.then(async () => {
        try {
          if (await isUsable()) await pushTo(shared, layout, lock);
        } catch (error) {
          // Nobody waits for it yet: whatever it is must end here.
          if (isSystemError(error) && isOfRemote(folder, error, 'there')) giveUp(error);
          else warn(`the result ${lock.fingerprint} is not kept in the remote: ${String(error)}`, 'it is here');
        }
      });
    },
    settled: () => pushing,
  };
}

const damagedHint = 'it is made again, and was set aside there if it could be';

/** Any result there may be deleted at any time, also while it is read. */
function isDeleted(folder: string, error: NodeJS.ErrnoException): boolean {
  return isErrno(error, 'ENOENT') && existsSync(folder);
}

async function fetchFrom(
  shared: Layout,
  layout: Layout,
  fingerprint: FingerprintHash,
): Promise<'fetched' | 'absent' | 'damaged'> {
  const from = shared.stage(fingerprint);
  if (!existsSync(from.folder)) return 'absent';
  const lock = await wholeLock(shared, fingerprint);
  if (lock === undefined) return 'damaged';
  const scratch = layout.scratch(ownedName());
  try {
    const isSound = await copyResult(from.folder, scratch.folder, lock);
    if (isSound) await publish(layout, scratch.folder, lock);
    else if (!(await isWhole(from.folder, lock))) await setAside(shared, lock).catch(() => undefined); // may be read-only
    return isSound ? 'fetched' : 'damaged';
  } finally {
    await removeFolder(scratch.folder);
  }
}

/**
 * Whether an error tells of the remote rather than of the store here. Who was written to, there when pushing and here when
 * fetching, has the full disk, and what is said of an open file, without a path.
 */
function isOfRemote(folder: string, { code, path }: NodeJS.ErrnoException, written: 'here' | 'there'): boolean {
  if (path === undefined || ['ENOSPC', 'EDQUOT', 'EROFS'].includes(code ?? '')) return written === 'there';
  return path === folder || path.startsWith(folder + sep);
}

/** Adopts what another store kept there first. */
async function pushTo(shared: Layout, layout: Layout, lock: StageLock): Promise<void> {
  if ((await wholeLock(shared, lock.fingerprint)) !== undefined) return;
  const scratch = shared.scratch(ownedName());
  try {
    const isSound = await copyResult(layout.stage(lock.fingerprint).folder, scratch.folder, lock);
    if (isSound) await publish(shared, scratch.folder, lock);
  } finally {
    await removeFolder(scratch.folder);
  }
}

async function wholeLock(shared: Layout, fingerprint: FingerprintHash): Promise<StageLock | undefined> {
  const lock = await readJson<StageLock>(shared.stage(fingerprint).lock);
  return lock !== undefined && isLockOf(lock, fingerprint) && isNamedAfterItsKey(lock) ? lock : undefined;
}

/** Copies what the lock names, and nothing beside it. @returns whether the copy, read anew, is what was recorded */
async function copyResult(from: string, to: string, lock: StageLock): Promise<boolean> {
  const [source, target] = [publishedStage(from), publishedStage(to)];
  await mkdir(target.outs, { recursive: true });
  for (const { path } of Object.values(lock.outputs)) {
    if (!existsSync(join(source.outs, path))) return false;
    await mkdir(dirname(join(target.outs, path)), { recursive: true });
    await cp(join(source.outs, path), join(target.outs, path), {
      ...{ recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE },
    });
  }
  for (const file of ['log', 'series'] as const)
    if (existsSync(source[file])) await copyFile(source[file], target[file], constants.COPYFILE_FICLONE);
  return await isWhole(to, lock);
}
