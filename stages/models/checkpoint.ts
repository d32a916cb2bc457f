/**
 * Where training stood, in a folder that outlives a killed attempt. A checkpoint is a folder of its own, `step-000120`,
 * made whole beside its place and renamed into it, so that a kill at any moment leaves the one before.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TrainingState } from './network/state.ts';
import { bytesOf, readWeights, type Tensors, writeWeights } from './network/weights.ts';
import type { Progress } from './training.ts';

interface Stored extends Omit<Progress, 'state' | 'best'> {
  readonly format: 1;
  /** Of the tensors' bytes: what a disk garbled is no checkpoint. */
  readonly sha256: string;
  readonly updates: TrainingState['updates'];
  readonly best: { readonly step: number; readonly value: number } | undefined;
}

const bestPrefix = 'best/';

/** Keeps `progress` as the newest checkpoint. The rename is what makes it one; older ones go after it. */
export async function saveCheckpoint(folder: string, progress: Progress): Promise<void> {
  const { state, best, ...rest } = progress;
  const tensors = { ...state.tensors, ...withPrefix(best?.tensors ?? {}) };
  const stored: Stored = {
    ...rest,
    format: 1,
    sha256: sha256Of(tensors),
    updates: state.updates,
    best: best && { step: best.step, value: best.value },
  };
  const place = nameOf(progress.step);
  const making = join(folder, `.making-${randomUUID()}`);
  await mkdir(making, { recursive: true });
  await writeWeights(making, tensors);
  await writeSynced(join(making, 'progress.json'), JSON.stringify(stored));
  await syncFile(join(making, 'weights.bin'));
  await renameOrLeave(making, join(folder, place));
  for (const other of await readdir(folder))
    if (other.startsWith('step-') && other < place) await rm(join(folder, other), { recursive: true, force: true });
}

/** Another process at the same training keeps the same bytes under the same name: whoever was first. */
async function renameOrLeave(making: string, place: string): Promise<void> {
  try {
    await rename(making, place);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    await rm(making, { recursive: true });
  }
}

/** The newest whole checkpoint; undefined where there is none. */
export async function loadCheckpoint(folder: string): Promise<Progress | undefined> {
  for (const name of (await namesIn(folder))
    .filter((name) => name.startsWith('step-'))
    .sort()
    .reverse()) {
    const found = await read(join(folder, name));
    if (found !== undefined) return found;
    console.error(`the checkpoint ${name} is damaged and is not used`);
  }
  return undefined;
}

async function read(place: string): Promise<Progress | undefined> {
  try {
    const stored = JSON.parse(await readFile(join(place, 'progress.json'), 'utf8')) as Stored;
    const tensors = await readWeights(place);
    if (stored.format !== 1 || stored.sha256 !== sha256Of(tensors)) return undefined;
    const { format, sha256, updates, best, ...rest } = stored;
    const own = Object.entries(tensors);
    return {
      ...rest,
      state: { tensors: Object.fromEntries(own.filter(([name]) => !name.startsWith(bestPrefix))), updates },
      best: best && { ...best, tensors: withoutPrefix(own) },
    };
  } catch (error) {
    // What is missing, cut short or garbled is no checkpoint.
    if (error instanceof SyntaxError || error instanceof RangeError || isSystemError(error)) return undefined;
    throw error;
  }
}

function nameOf(step: number): string {
  return `step-${String(step).padStart(9, '0')}`;
}

function withPrefix(tensors: Tensors): Tensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [`${bestPrefix}${name}`, tensor]));
}

function withoutPrefix(entries: readonly [string, Tensors[string]][]): Tensors {
  return Object.fromEntries(
    entries
      .filter(([name]) => name.startsWith(bestPrefix))
      .map(([name, tensor]) => [name.slice(bestPrefix.length), tensor]),
  );
}

function sha256Of(tensors: Tensors): string {
  return createHash('sha256').update(bytesOf(tensors)).digest('hex');
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

async function writeSynced(path: string, text: string): Promise<void> {
  const file = await open(path, 'w');
  await file.writeFile(text);
  await file.sync();
  await file.close();
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  await file.sync();
  await file.close();
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
