/**
 * Where training stood, in a folder that outlives a killed attempt. A checkpoint is a folder of its own, `step-000120`,
 * made whole beside its place and renamed into it, so that a kill at any moment leaves the one before.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TrainingState } from './network/state.ts';
import { bytesOf, readWeights, type Tensors, writeWeights } from './network/weights.ts';
import type { Progress } from './trainee.ts';

/** What `progress.json` holds beside the hash: all but the tensors. */
interface StoredProgress extends Omit<Progress, 'state' | 'best'> {
  readonly format: 1;
  readonly updates: TrainingState['updates'];
  readonly best: { readonly step: number; readonly value: number } | undefined;
}

const bestPrefix = 'best/';
const makingPrefix = '.making-';
/** What a kill left half-made goes after so long: until then another process may be at it. */
const abandonedMs = 3_600_000;

/** Keeps `progress` as the newest checkpoint, or throws and leaves those before it. The rename is what makes it one; older ones go after it. */
export async function saveCheckpoint(folder: string, progress: Progress): Promise<void> {
  const { state, best, ...rest } = progress;
  const tensors = { ...state.tensors, ...withPrefix(best?.tensors ?? {}) };
  const stored: StoredProgress = {
    ...rest,
    format: 1,
    updates: state.updates,
    best: best && { step: best.step, value: best.value },
  };
  const text = JSON.stringify(stored);
  const place = nameOf(progress.step);
  const making = join(folder, `${makingPrefix}${randomUUID()}`);
  try {
    await mkdir(making, { recursive: true });
    await writeWeights(making, tensors);
    await writeFile(join(making, 'progress.json'), `${sha256Of(text, tensors)}\n${text}\n`);
    for (const file of await readdir(making)) await sync(join(making, file));
    await sync(making);
    await renameOrLeave(making, join(folder, place));
  } catch (error) {
    // What went wrong first is what is told.
    await rm(making, { recursive: true, force: true }).catch(() => {});
    throw error;
  }
  await sync(folder);
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

/** The newest whole checkpoint; undefined where there is none. Damaged ones are removed, so that they can be made again. */
export async function loadCheckpoint(folder: string): Promise<Progress | undefined> {
  const all = await namesIn(folder);
  for (const name of all.filter((other) => other.startsWith(makingPrefix))) await removeAbandoned(join(folder, name));
  const names = all.filter((name) => name.startsWith('step-'));
  for (const name of names.sort().reverse()) {
    const found = await read(join(folder, name));
    if (found !== undefined) return found;
    console.error(`the checkpoint ${name} is damaged and is not used`);
    await rm(join(folder, name), { recursive: true, force: true });
  }
  return undefined;
}

async function removeAbandoned(making: string): Promise<void> {
  const found = await stat(making).catch(() => undefined);
  if (found !== undefined && Date.now() - found.mtimeMs > abandonedMs)
    await rm(making, { recursive: true, force: true });
}

async function read(place: string): Promise<Progress | undefined> {
  try {
    const [hash = '', text = ''] = (await readFile(join(place, 'progress.json'), 'utf8')).split('\n');
    const tensors = await readWeights(place);
    if (hash !== sha256Of(text, tensors)) return undefined;
    const { format: _format, updates, best, ...rest } = JSON.parse(text) as StoredProgress;
    const own = Object.entries(tensors);
    return {
      ...rest,
      state: { tensors: Object.fromEntries(own.filter(([name]) => !name.startsWith(bestPrefix))), updates },
      best: best && { ...best, tensors: withoutPrefix(own) },
    };
  } catch (error) {
    // What is missing, cut short or garbled is no checkpoint.
    const isGarbled = [SyntaxError, RangeError, TypeError].some((kind) => error instanceof kind);
    if (isGarbled || isSystemError(error)) return undefined;
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

/** Names and shapes are in it: values alone do not say whose they are. */
function sha256Of(text: string, tensors: Tensors): string {
  const index = JSON.stringify(Object.entries(tensors).map(([name, { shape }]) => [name, shape]));
  return createHash('sha256').update(text).update(index).update(bytesOf(tensors)).digest('hex');
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r');
  await file.sync();
  await file.close();
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
