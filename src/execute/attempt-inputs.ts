/**
 * What an attempt is made from, kept as objects before anything runs: pipeline.yaml, code, lock files and small
 * dependencies. With it a past attempt is rebuilt when the project has long changed. Objects that exist are not written
 * again, so that a trial of a sweep costs little more than a look at its files.
 */
import { readdirSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { type ContentHash, sha256 } from '../hash.ts';
import type { Pipeline } from '../pipeline/types.ts';
import type { Fingerprint } from '../plan/fingerprint.ts';
import type { Surveyed } from '../plan/surroundings.ts';
import { pathInKey } from '../plan/trace.ts';
import type { AttemptLock } from '../store/attempts.ts';
import { recordedLock } from '../store/collected.ts';
import { isErrno } from '../store/files.ts';
import type { Layout } from '../store/layout.ts';
import type { HashMemo } from '../store/memo.ts';
import { putBytes, putFile } from '../store/objects.ts';
import { inParallel } from '../store/tree.ts';
import { dependencyKeeper, type KeptDependency } from './attempt-dependencies.ts';
import { fileInputs } from './file-inputs.ts';
import { type Links, linksIn } from './workspace.ts';

/** inputs.json of an attempt. Paths are relative to the pipeline's folder, with forward slashes. */
export interface AttemptInputs {
  readonly format: 1;
  /** The stages whose inputs these are: those the attempt looked at. */
  readonly stages: readonly string[];
  /** pipeline.yaml as it was. */
  readonly pipeline: ContentHash;
  /** Hash of the run's config.yaml as this attempt wrote it; absent in earlier ones. */
  readonly config?: ContentHash;
  /** Code, and what it is installed and compiled by: package.json, lock files, tsconfigs. */
  readonly files: Readonly<Record<string, ContentHash>>;
  /** Those of {@link files} that may be executed. */
  readonly executable: readonly string[];
  /** By which code is found, and what they lead to; absent where there are none. */
  readonly links?: Links;
  /** Files and folders that stages depend on, by their path as the pipeline has it. */
  readonly dependencies: Readonly<Record<string, KeptDependency>>;
}

export interface InputsToKeep {
  readonly layout: Layout;
  readonly pipeline: Pipeline;
  readonly memo: HashMemo;
  /** By stage. */
  readonly surveys: ReadonlyMap<string, Surveyed>;
}

/** @param config text of the run's config.yaml */
export async function keepInputs(
  { layout, pipeline, memo, surveys }: InputsToKeep,
  config: string,
): Promise<AttemptInputs> {
  const code = new Set([...surveys.values()].flatMap((surveyed) => surveyed.codeFiles));
  const manifests = [...surveys.values()].flatMap((surveyed) => surveyed.manifests);
  const paths = [...new Set([...code, ...manifests, ...projectFiles(pipeline.root, code)])].sort();
  const kept = await inParallel(paths, (path) => keepFile(layout, memo, path));
  const files = kept.flatMap((file, at) =>
    file === undefined ? [] : [{ ...file, name: pathInKey(pipeline.root, paths[at] ?? '') }],
  );
  const links = linksIn(pipeline.root, [...new Set([...surveys.values()].flatMap((surveyed) => surveyed.links))]);
  return {
    format: 1,
    stages: [...surveys.keys()],
    pipeline: await putBytes(layout, pipelineText(pipeline)),
    config: sha256(config),
    files: Object.fromEntries(files.map(({ name, hash }) => [name, hash])),
    executable: files.filter((file) => file.executable).map(({ name }) => name),
    ...(Object.keys(links).length > 0 ? { links } : {}),
    dependencies: await keepDependencies({ layout, pipeline, memo, surveys }),
  };
}

/** Its file may have any name: it is the first that was read. */
export function pipelineText({ file, sources: [first] }: Pipeline): string {
  if (first === undefined) throw new Error(`nothing was read of ${file}`);
  return first.text;
}

/** Undefined where it was removed since it was surveyed: the stage will say so. */
async function keepFile(layout: Layout, memo: HashMemo, path: string) {
  try {
    const hash = await putFile(layout, path, await memo.hash(path));
    return { hash, executable: ((await stat(path)).mode & 0o100) !== 0 };
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

async function keepDependencies({ layout, pipeline, memo, surveys }: InputsToKeep) {
  const paths = new Set(inputsOf(pipeline, surveys.keys()).map((input) => input.path));
  const keep = dependencyKeeper(layout, memo);
  const dependencies: Record<string, KeptDependency> = {};
  for (const path of paths) {
    const kept = await keep(resolve(pipeline.root, path));
    if (kept !== undefined) dependencies[path] = kept;
  }
  return dependencies;
}

function inputsOf(pipeline: Pipeline, stages: Iterable<string>) {
  return [...stages].flatMap((name) => {
    const stage = pipeline.stages.get(name);
    return stage === undefined ? [] : fileInputs(pipeline, stage).map((input) => ({ ...input, stage: name }));
  });
}

/**
 * Fills in the hashes of dependencies that were too large to keep, from the keys of stages that read them: nothing is
 * hashed for the record alone. The same object where there is nothing to fill in.
 */
export async function withHashes(
  inputs: AttemptInputs,
  { layout, pipeline }: Pick<InputsToKeep, 'layout' | 'pipeline'>,
  stages: AttemptLock['stages'],
): Promise<AttemptInputs> {
  const filled: Record<string, KeptDependency> = {};
  for (const { name, path, stage } of inputsOf(pipeline, inputs.stages)) {
    const dependency = inputs.dependencies[path];
    const fingerprint = stages[stage]?.fingerprint;
    if (dependency === undefined || dependency.kept || fingerprint === undefined || filled[path] !== undefined)
      continue;
    const lock = await recordedLock(layout, fingerprint);
    const hash = (lock?.key.deps as Fingerprint['deps'] | undefined)?.[name];
    if (typeof hash === 'string') filled[path] = { ...dependency, hash: hash as ContentHash };
  }
  if (Object.keys(filled).length === 0) return inputs;
  return { ...inputs, dependencies: { ...inputs.dependencies, ...filled } };
}

/** A registry's token may be in .npmrc: that is never kept. */
const projectFile =
  /^(package\.json|tsconfig(\..+)?\.json|package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|pnpm-workspace\.yaml|bun\.lock)$/;

/** Beside the code and in every folder above it, up to the project's. */
function projectFiles(root: string, code: Iterable<string>): string[] {
  const folders = new Set([root]);
  for (const file of code)
    for (let at = dirname(file); at.startsWith(root + sep) && !folders.has(at); at = dirname(at)) folders.add(at);
  return [...folders].flatMap((folder) =>
    readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile() && projectFile.test(entry.name))
      .map((entry) => join(folder, entry.name)),
  );
}
