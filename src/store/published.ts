/**
 * Published results of stages: `stages/<fingerprint>/`, immutable, each made by one rename. Everything is in place
 * and synced before the rename, so that a folder with this name is whole, whenever the power went.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { MetricsRecord, ProcessIdentity } from '../events.ts';
import type { ContentHash, FingerprintHash } from '../hash.ts';
import type { JsonValue } from '../pipeline/types.ts';
import { isErrno, jsonText, newNonce, readJson, syncFolder, writeSynced } from './files.ts';
import { removeFolder } from './folders.ts';
import type { Layout } from './layout.ts';
import { isLockOf } from './lock-shape.ts';
import { markUsed } from './mark-used.ts';
import { currentProcess } from './process-identity.ts';
import type { Sealed } from './seal.ts';
import { syncOutputs } from './sync-outputs.ts';
import { type FileReader, sameTree, stillHolds, type TreeContent } from './tree.ts';
import { isWhole, metricsHold } from './whole.ts';

export type OutputContent = TreeContent & { readonly path: string };
export type MetricValues = MetricsRecord['values'];
type SeriesValue = { readonly value: number | 'NaN' | 'Infinity' | '-Infinity'; readonly step: number };

/** What can stand for a live series; which of them does is the pipeline's to say. */
export interface SeriesSummary {
  readonly count: number;
  readonly last: SeriesValue;
  /** Of the finite values; absent where there is none. */
  readonly min?: SeriesValue;
  readonly max?: SeriesValue;
}

/** lock.json of a published stage. */
export interface StageLock extends Sealed {
  readonly format: 1;
  readonly fingerprint: FingerprintHash;
  /** The key in full: what was hashed. */
  readonly key: { readonly [field: string]: JsonValue };
  readonly outputs: Readonly<Record<string, OutputContent>>;
  /** By metrics file. */
  readonly metrics: Readonly<Record<string, MetricValues>>;
  readonly series: Readonly<Record<string, SeriesSummary>>;
  readonly execution: {
    readonly nonce: string;
    readonly by: ProcessIdentity;
    readonly startedAt: number;
    readonly durationMs: number;
    /** The attempt that made it, `HASH@2`. */
    readonly run: string;
  };
  /** Of the files kept beside the outputs, log.txt and series.jsonl; absent in results of 0.1.0. */
  readonly records?: Readonly<Record<string, ContentHash>>;
}

export interface PublishResult {
  readonly lock: StageLock;
  /** Names of outputs that differ from an earlier execution of the same key: the stage is not deterministic. */
  readonly differing: readonly string[];
}

/**
 * The published result of a key, or undefined. A result whose files were deleted or changed is set aside in
 * quarantine, and is none.
 */
export async function findPublished(
  layout: Layout,
  fingerprint: FingerprintHash,
  reader?: FileReader,
): Promise<StageLock | undefined> {
  const folder = layout.stage(fingerprint);
  const lock = await readJson<StageLock>(folder.lock);
  if (lock === undefined || !isLockOf(lock, fingerprint)) return undefined;
  if (mayHaveLostPower(layout, lock) ? await survivedBoot(layout, lock) : await outputsHold(layout, lock, reader))
    return lock;
  await setAside(layout, lock);
  return undefined;
}

/** It was made before this machine was last started, and nobody has said since that it had reached the disk. */
function mayHaveLostPower(layout: Layout, { fingerprint, execution }: StageLock): boolean {
  return execution.by.bootId !== currentProcess().bootId && !existsSync(layout.stage(fingerprint).durable);
}

/** Reads everything once: file systems that reorder writes may keep a name and lose what was in it. */
async function survivedBoot(layout: Layout, lock: StageLock): Promise<boolean> {
  if (!(await isWhole(layout.stage(lock.fingerprint).folder, lock))) return false;
  markDurable(layout.stage(lock.fingerprint).durable);
  return true;
}

/** A store that cannot be written to is read again each time. */
function markDurable(path: string): void {
  try {
    writeFileSync(path, '');
  } catch {
    // it is read anew after the next start
  }
}

/** @param reader remembers what it read, for results whose files have moved and are the same */
export async function outputsHold(layout: Layout, lock: StageLock, reader?: FileReader): Promise<boolean> {
  const { folder, outs } = layout.stage(lock.fingerprint);
  for (const output of Object.values(lock.outputs))
    if (!(await stillHolds(join(outs, output.path), output, reader))) return false;
  return await metricsHold(folder, lock);
}

/**
 * Moves a damaged result out of the way; it is kept for a person to look at. Where another process did so first, and the
 * result has been made again meanwhile, what was moved is the new one: it goes back.
 * @returns where it is now; undefined where it was gone, or has been made again
 */
export async function setAside(layout: Layout, damaged: StageLock): Promise<string | undefined> {
  return await setAsideUnless(
    layout,
    damaged.fingerprint,
    (moved) => moved.execution.nonce !== damaged.execution.nonce,
  );
}

/** The same for a folder without a whole lock. @returns where it is now; undefined where it was gone, or is whole */
export async function setAsideUnreadable(layout: Layout, fingerprint: FingerprintHash): Promise<string | undefined> {
  return await setAsideUnless(layout, fingerprint, () => true);
}

async function setAsideUnless(
  layout: Layout,
  fingerprint: FingerprintHash,
  isAnother: (moved: StageLock) => boolean,
): Promise<string | undefined> {
  const { folder } = layout.stage(fingerprint);
  const aside = await quarantined(layout, fingerprint);
  try {
    await rename(folder, aside);
    const moved = await readJson<StageLock>(join(aside, 'lock.json'));
    if (moved === undefined || !isLockOf(moved, fingerprint) || !isAnother(moved)) return aside;
    await rename(aside, folder);
  } catch (error) {
    if (!isErrno(error, 'ENOENT', 'EEXIST', 'ENOTEMPTY')) throw error; // gone, or made yet again
  }
  return undefined;
}

/**
 * Publishes a scratch folder under its key, or adopts what stands there: that of another process that was first, or the
 * result that was made once more. It is read whole, and marked as used; a damaged one is set aside, and gives way.
 */
export async function publish(layout: Layout, scratchFolder: string, lock: StageLock): Promise<PublishResult> {
  await syncOutputs(scratchFolder, Object.values(lock.outputs));
  writeFileSync(join(scratchFolder, 'used'), ''); // touched later, by runs that otherwise write nothing
  await writeSynced(join(scratchFolder, 'lock.json'), jsonText(lock));
  await syncFolder(scratchFolder);
  for (;;) {
    const standing = await moveIn(layout, scratchFolder, lock.fingerprint);
    if (standing.execution.nonce === lock.execution.nonce) {
      await syncFolder(layout.stages);
      markDurable(layout.stage(lock.fingerprint).durable);
      return { lock, differing: [] };
    }
    if (!markUsed(layout, lock.fingerprint)) continue; // collected since
    if (await isWhole(layout.stage(standing.fingerprint).folder, standing)) {
      await removeFolder(scratchFolder);
      return { lock: standing, differing: differingOutputs(standing, lock) };
    }
    await setAside(layout, standing);
  }
}

/** @returns what stands under the key after the move: ours, or that of another process that was first */
async function moveIn(layout: Layout, scratchFolder: string, fingerprint: FingerprintHash): Promise<StageLock> {
  const target = layout.stage(fingerprint);
  for (let tries = 1; ; tries++) {
    const error = await rename(scratchFolder, target.folder).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    // After any error the target tells: a reply may be lost although the rename was done.
    const standing = await readJson<StageLock>(target.lock);
    if (standing !== undefined && isLockOf(standing, fingerprint)) return standing;
    if (tries > 1 || !isErrno(error, 'ENOTEMPTY', 'EEXIST', 'ENOTDIR'))
      throw error ?? new Error(`${target.folder} has no lock`);
    await rename(target.folder, await quarantined(layout, fingerprint)); // a folder without a whole lock is no result
  }
}

async function quarantined(layout: Layout, fingerprint: FingerprintHash): Promise<string> {
  await mkdir(layout.quarantine, { recursive: true });
  return join(layout.quarantine, `${fingerprint}-${newNonce()}`);
}

export function differingOutputs(a: StageLock, b: StageLock): string[] {
  return Object.entries(a.outputs).flatMap(([name, output]) => {
    const other = b.outputs[name];
    return other !== undefined && sameTree(output, other) ? [] : [name];
  });
}
