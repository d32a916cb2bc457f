/** What a stage reads: its key before it starts, and whether the same still stands when it has ended. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Failure, UserError, unreachable } from '../errors.ts';
import type { ContentHash, FingerprintHash } from '../hash.ts';
import type { Dependency, Pipeline, Stage } from '../pipeline/types.ts';
import { type DependencyHashes, type Fingerprint, fingerprintOf, hashFingerprint } from '../plan/fingerprint.ts';
import { type Surveyed, surroundingsMoved } from '../plan/surroundings.ts';
import { unlessStale } from '../store/files.ts';
import type { Layout } from '../store/layout.ts';
import type { HashMemo } from '../store/memo.ts';
import { outputsHold, type StageLock, setAside } from '../store/published.ts';
import { fileContent, fileInputs } from './file-inputs.ts';
import { type InputStates, inputStates, written } from './input-states.ts';

/** Published results of the stages upstream, by name. */
export type Upstream = ReadonlyMap<string, StageLock>;

export interface StageKey {
  readonly hash: FingerprintHash;
  readonly fingerprint: Fingerprint;
}

/**
 * Reads the key of a stage whose dependencies are all there.
 * @param nonce stands for this run in the keys of stages that always run
 */
export async function keyOf(
  pipeline: Pipeline,
  stage: Stage,
  surveyed: Surveyed,
  upstream: Upstream,
  memo: HashMemo,
  nonce: string,
): Promise<StageKey> {
  const deps = await dependencyHashes(pipeline, stage, upstream, memo);
  const fingerprint = fingerprintOf(stage, pipeline.params, deps, surveyed.surroundings, nonce);
  return { hash: hashFingerprint(fingerprint), fingerprint };
}

/** An input may be deleted while the stages before run: that is this one's failure. Other mistakes end the run. */
export async function keyUnlessGone(...of: Parameters<typeof keyOf>): Promise<StageKey | Failure> {
  try {
    return await keyOf(...of);
  } catch (error) {
    const [pipeline, stage] = of;
    const paths = fileInputs(pipeline, stage).map(({ path }) => path);
    const gone = paths.filter((path) => !existsSync(resolve(pipeline.root, path)));
    if (!(error instanceof UserError) || gone.length === 0) throw error;
    return { kind: 'inputs-gone', paths: gone };
  }
}

async function dependencyHashes(
  pipeline: Pipeline,
  stage: Stage,
  upstream: Upstream,
  memo: HashMemo,
): Promise<DependencyHashes> {
  const outputs = Object.entries(stage.deps).flatMap(([name, dep]) =>
    dep.kind === 'path' ? [] : [[name, outputHashes(dep, upstream)]],
  );
  const files = fileInputs(pipeline, stage).map(async (input) => [
    input.name,
    (await fileContent(pipeline, stage, input, memo)).hash,
  ]);
  return Object.fromEntries([...outputs, ...(await Promise.all(files))]) as DependencyHashes;
}

function outputHashes(dep: Exclude<Dependency, { kind: 'path' }>, upstream: Upstream): DependencyHashes[string] {
  const hash = (stage: string) => outputHash(lockOf(upstream, stage), dep.output);
  return dep.kind === 'output' ? hash(dep.stage) : Object.fromEntries(dep.stages.map((stage) => [stage, hash(stage)]));
}

function outputHash(lock: StageLock, output: string): ContentHash {
  const found = lock.outputs[output];
  if (found === undefined) throw new Error(`published stage ${lock.fingerprint} has no output ${output}`);
  return found.hash;
}

export type DependencyPaths = Readonly<Record<string, string | readonly string[]>>;

/** Absolute path of each dependency, by name; of a list one for each instance, in their order. */
export function dependencyPaths(pipeline: Pipeline, stage: Stage, layout: Layout, upstream: Upstream): DependencyPaths {
  const outputPath = (stage: string, output: string) => {
    const lock = lockOf(upstream, stage);
    return resolve(layout.stage(lock.fingerprint).outs, lock.outputs[output]?.path ?? '');
  };
  const paths = (dep: Dependency) => {
    switch (dep.kind) {
      case 'path':
        return resolve(pipeline.root, dep.path);
      case 'output':
        return outputPath(dep.stage, dep.output);
      case 'outputs':
        return dep.stages.map((stage) => outputPath(stage, dep.output));
      default:
        return unreachable(dep);
    }
  };
  return Object.fromEntries(Object.entries(stage.deps).map(([name, dep]) => [name, paths(dep)]));
}

/** What a stage was given, as it was when its command started. */
export interface StartedFrom {
  readonly key: StageKey;
  readonly surveyed: Surveyed;
  readonly before: InputStates;
}

/**
 * Looks at the inputs again after the stage has ended: a result made from inputs that moved belongs to no key.
 * A published dependency that was written into is set aside, so that the next run makes it again.
 */
export async function inputsMoved(
  pipeline: Pipeline,
  stage: Stage,
  { key, surveyed, before }: StartedFrom,
  upstream: Upstream,
  layout: Layout,
  memo: HashMemo,
): Promise<Failure | undefined> {
  const modified = await modifiedDependency(stage, upstream, layout);
  if (modified !== undefined) return { kind: 'dependency-modified', dependency: modified };
  const paths: string[] = [];
  for (const input of fileInputs(pipeline, stage)) {
    const hash = key.fingerprint.deps[input.name];
    const now = await fileContent(pipeline, stage, input, memo).catch(() => undefined);
    const isSame = now?.hash === hash || (now?.kind === 'file' && now.files[0]?.hash === hash); // it may have been made executable
    if (!isSame) paths.push(input.path);
  }
  const context = { root: pipeline.root, memo, memoFolder: layout.memo };
  paths.push(...(await surroundingsMoved(stage, key.fingerprint, context)));
  if (paths.length > 0) return { kind: 'inputs-changed', paths };
  const back = written(stage, before, await inputStates(pipeline, stage, surveyed));
  return back.length === 0 ? undefined : { kind: 'inputs-changed', paths: back, back: true };
}

/** The name of a dependency that was written into, set aside by then. */
async function modifiedDependency(stage: Stage, upstream: Upstream, layout: Layout): Promise<string | undefined> {
  for (const [name, dep] of Object.entries(stage.deps))
    for (const before of dep.kind === 'outputs' ? dep.stages : dep.kind === 'output' ? [dep.stage] : []) {
      const lock = lockOf(upstream, before);
      if (await unlessStale(() => outputsHold(layout, lock))) continue;
      await setAside(layout, lock);
      return name;
    }
  return undefined;
}

function lockOf(upstream: Upstream, stage: string): StageLock {
  const lock = upstream.get(stage);
  if (lock === undefined) throw new Error(`stage ${stage} has no result yet`);
  return lock;
}
