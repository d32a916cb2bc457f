/**
 * A folder that several stores share: results are fetched from it, and kept there. It has the form of a store, so that a
 * result appears in it by one rename; what arrives is read and hashed before it counts. It can fail without failing a run.
 */
import { constants } from 'node:fs';
import { copyFile, cp, mkdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type FingerprintHash, hashJson } from '../hash.ts';
import { exists, readJson } from './files.ts';
import { type Layout, layoutOf, publishedStage } from './layout.ts';
import { isLockOf } from './lock-shape.ts';
import { ownedName } from './owned-names.ts';
import { publish, type StageLock, setAside } from './published.ts';
import { holdsWhenRead } from './tree.ts';

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
  let reachable: Promise<boolean> | undefined;
  let pushing: Promise<void> = Promise.resolve();
  const unreachable = (error: unknown): false => {
    if (!(error instanceof Error) || !('syscall' in error)) throw error;
    reachable = Promise.resolve(false);
    warn(`the remote ${folder} cannot be used: ${error.message}`, 'this run goes on without it');
    return false;
  };
  const isReachable = () => {
    reachable ??= stat(folder).then(() => true, unreachable);
    return reachable;
  };
  const damaged = (fingerprint: FingerprintHash) =>
    warn(`the remote's result ${fingerprint} is damaged`, 'it is made again, and was set aside there if it could be');
  return {
    fetch: async (layout, fingerprint) => {
      if (!(await isReachable())) return false;
      try {
        const found = await fetchFrom(shared, layout, fingerprint);
        if (found === 'damaged') damaged(fingerprint);
        return found === 'fetched';
      } catch (error) {
        return unreachable(error);
      }
    },
    push: (layout, lock) => {
      pushing = pushing.then(async () => {
        if (await isReachable()) await pushTo(shared, layout, lock).catch(unreachable);
      });
    },
    settled: () => pushing,
  };
}

async function fetchFrom(
  shared: Layout,
  layout: Layout,
  fingerprint: FingerprintHash,
): Promise<'fetched' | 'absent' | 'damaged'> {
  const from = shared.stage(fingerprint);
  if (!(await exists(from.folder))) return 'absent';
  const lock = await wholeLock(shared, fingerprint);
  if (lock === undefined) return 'damaged';
  const scratch = layout.scratch(ownedName());
  try {
    const isWhole = await copyResult(from.folder, scratch.folder, lock);
    if (isWhole) await publish(layout, scratch.folder, lock);
    else if (!(await isSound(from.folder, lock))) await setAside(shared, lock).catch(() => undefined); // may be read-only
    return isWhole ? 'fetched' : 'damaged';
  } finally {
    await rm(scratch.folder, { recursive: true, force: true });
  }
}

/** Adopts what another store kept there first. */
async function pushTo(shared: Layout, layout: Layout, lock: StageLock): Promise<void> {
  if ((await wholeLock(shared, lock.fingerprint)) !== undefined) return;
  const scratch = shared.scratch(ownedName());
  try {
    const isWhole = await copyResult(layout.stage(lock.fingerprint).folder, scratch.folder, lock);
    if (isWhole) await publish(shared, scratch.folder, lock);
  } finally {
    await rm(scratch.folder, { recursive: true, force: true });
  }
}

async function wholeLock(shared: Layout, fingerprint: FingerprintHash): Promise<StageLock | undefined> {
  const lock = await readJson<StageLock>(shared.stage(fingerprint).lock);
  const isWhole = lock !== undefined && isLockOf(lock, fingerprint) && (hashJson(lock.key) as string) === fingerprint;
  return isWhole ? lock : undefined;
}

/** Copies what the lock names, and nothing beside it. @returns whether the copy, read anew, is what was recorded */
async function copyResult(from: string, to: string, lock: StageLock): Promise<boolean> {
  const [source, target] = [publishedStage(from), publishedStage(to)];
  await mkdir(target.outs, { recursive: true });
  for (const { path } of Object.values(lock.outputs)) {
    if (!(await exists(join(source.outs, path)))) return false;
    await mkdir(dirname(join(target.outs, path)), { recursive: true });
    await cp(join(source.outs, path), join(target.outs, path), {
      ...{ recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE },
    });
  }
  for (const file of ['log', 'series'] as const)
    if (await exists(source[file])) await copyFile(source[file], target[file], constants.COPYFILE_FICLONE);
  return await isSound(to, lock);
}

async function isSound(folder: string, lock: StageLock): Promise<boolean> {
  for (const output of Object.values(lock.outputs))
    if (!(await holdsWhenRead(join(publishedStage(folder).outs, output.path), output))) return false;
  return true;
}
