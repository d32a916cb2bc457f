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
    if (kept.kind === 'file') await restoreObject(layout, hash, target);
    else await restoreFolder(layout, hash, target, kept.links);
    return true;
  } catch (error) {
    if (error instanceof ObjectError) return false;
    throw error;
  }
}

async function restoreFolder(
  layout: Layout,
  listing: ContentHash,
  target: string,
  links: readonly string[] = [],
): Promise<void> {
  const files = JSON.parse((await readObject(layout, listing)).toString()) as [string, ContentHash][];
  await mkdir(target, { recursive: true });
  for (const [path, hash] of files) {
    const to = join(target, path);
    if (relative(target, to).startsWith('..')) throw new ObjectError(listing, 'damaged');
    if (path.endsWith('/')) await mkdir(to, { recursive: true });
    else if (!links.includes(path)) await restoreObject(layout, hash, to);
  }
  for (const [path, hash] of files) if (links.includes(path)) await restoreLink(layout, hash, join(target, path)); // last: nothing is written through one
}

async function restoreLink(layout: Layout, hash: ContentHash, path: string): Promise<void> {
  const target = linkTarget((await readObject(layout, hash)).toString());
  if (target === undefined) throw new ObjectError(hash, 'damaged');
  await mkdir(dirname(path), { recursive: true });
  await symlink(target, path);
}
