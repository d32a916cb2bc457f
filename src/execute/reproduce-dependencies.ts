/** Puts the files that stages depend on where a rebuilt project has them: from their objects, else by a link to today's. */
import { existsSync } from 'node:fs';
import { mkdir, realpath, stat, symlink } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import type { ContentHash } from '../hash.ts';
import type { Pipeline, Stage } from '../pipeline/types.ts';
import type { Layout } from '../store/layout.ts';
import { ObjectError, readObject, restoreObject } from '../store/objects.ts';
import type { StageLock } from '../store/published.ts';
import { hashTree, linkTarget } from '../store/tree.ts';
import type { KeptDependency } from './attempt-dependencies.ts';
import type { AttemptInputs } from './attempt-inputs.ts';
import { type FileInput, fileInputs } from './file-inputs.ts';

export interface RecordedInput extends FileInput {
  /** Its content then, by the key of the stage. */
  readonly hash: ContentHash;
}

export function recordedInputs(pipeline: Pipeline, stage: Stage, lock: StageLock): RecordedInput[] {
  const deps = lock.key.deps as Readonly<Record<string, unknown>>;
  return fileInputs(pipeline, stage).flatMap((input) => {
    const hash = deps[input.name];
    return typeof hash === 'string' ? [{ ...input, hash: hash as ContentHash }] : [];
  });
}

export interface PlacingOptions {
  readonly layout: Layout;
  readonly inputs: AttemptInputs;
  /** Today's project. */
  readonly root: string;
  /** Where contents of absolute paths are rebuilt. */
  readonly elsewhere: string;
}

/** @returns the stage, with another path for a dependency that was absolute and is no longer what it was */
export async function placeInputs(
  options: PlacingOptions,
  pipeline: Pipeline,
  stage: Stage,
  inputs: readonly RecordedInput[],
): Promise<Stage> {
  const moved: Record<string, Stage['deps'][string]> = {};
  for (const input of inputs) {
    if (!isAbsolute(input.path)) {
      await placeRelative(options, resolve(pipeline.root, input.path), input);
    } else if (input.param === undefined && !(await isStill(input))) {
      const path = join(options.elsewhere, input.hash);
      if (await restored(options, input, path)) moved[input.name] = { kind: 'path', path, place: input.place };
    }
  }
  return { ...stage, deps: { ...stage.deps, ...moved } };
}

async function placeRelative(options: PlacingOptions, target: string, input: RecordedInput): Promise<void> {
  if (await restored(options, input, target)) return;
  const today = resolve(options.root, input.path);
  if (existsSync(target) || !existsSync(today)) return; // one that is missing is told as drift
  await mkdir(dirname(target), { recursive: true });
  await symlink(await realpath(today), target, (await stat(today)).isDirectory() ? 'dir' : 'file');
}

async function isStill({ path, hash }: RecordedInput): Promise<boolean> {
  return existsSync(path) && (await hashTree(await realpath(path))).hash === hash;
}

/** False where it was not kept, or an object of it is lost. */
async function restored({ layout, inputs }: PlacingOptions, { path, hash }: RecordedInput, target: string) {
  const kept: KeptDependency | undefined = inputs.dependencies[path];
  if (kept?.kept !== true) return false;
  try {
    const listed = await listingOf(layout, hash);
    if (kept.kind === 'folder') await restoreFolder(layout, hash, listed, target);
    else if (listed?.length === 1 && listed[0]?.[0] === '') await restoreObject(layout, listed[0][1], target, true);
    else await restoreObject(layout, hash, target);
    return true;
  } catch (error) {
    if (error instanceof ObjectError) return false;
    throw error;
  }
}

type Listing = readonly (readonly [path: string, hash: ContentHash, kind?: string])[];

/** Undefined where the object is none: it is the file itself. */
async function listingOf(layout: Layout, hash: ContentHash): Promise<Listing | undefined> {
  const text = (await readObject(layout, hash)).toString();
  if (!text.startsWith('[')) return undefined;
  try {
    const found = JSON.parse(text) as Listing;
    const isListed = (entry: unknown) =>
      Array.isArray(entry) && typeof entry[0] === 'string' && /^[0-9a-f]{64}$/.test(String(entry[1]));
    return Array.isArray(found) && found.every(isListed) ? found : undefined;
  } catch {
    return undefined;
  }
}

async function restoreFolder(layout: Layout, hash: ContentHash, files: Listing | undefined, target: string) {
  if (files === undefined) throw new ObjectError(hash, 'damaged');
  const links: [path: string, content: ContentHash][] = [];
  await mkdir(target, { recursive: true });
  for (const [path, content, kind] of files) {
    const to = join(target, path);
    if (relative(target, to).startsWith('..')) throw new ObjectError(hash, 'damaged');
    if (path.endsWith('/')) await mkdir(to, { recursive: true });
    else if (kind === 'link') links.push([to, content]);
    else await restoreObject(layout, content, to, kind === 'executable');
  }
  for (const [path, content] of links) await restoreLink(layout, content, path); // last: nothing is written through one
}

async function restoreLink(layout: Layout, hash: ContentHash, path: string): Promise<void> {
  const target = linkTarget((await readObject(layout, hash)).toString());
  if (target === undefined) throw new ObjectError(hash, 'damaged');
  await mkdir(dirname(path), { recursive: true });
  await symlink(target, path);
}
