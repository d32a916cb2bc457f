/** What a stage reads: its key before it starts, and whether the same still stands when it has ended. */
import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Diagnostic, type Failure, type Place, UserError } from '../errors.ts';
import type { ContentHash, FingerprintHash } from '../hash.ts';
import type { Pipeline, Stage } from '../pipeline/types.ts';
import { type Fingerprint, fingerprintOf, hashFingerprint } from '../plan/fingerprint.ts';
import type { Surveyed } from '../plan/surroundings.ts';
import { pathInKey } from '../plan/trace.ts';
import { isErrno } from '../store/files.ts';
import type { Layout } from '../store/layout.ts';
import type { HashMemo } from '../store/memo.ts';
import { outputHash, outputsHold, type StageLock, setAside } from '../store/published.ts';
import { hashTree, TreeError } from '../store/tree.ts';

/** Published results of the stages upstream, by name. */
export type Upstream = ReadonlyMap<string, StageLock>;

export interface StageKey {
  readonly hash: FingerprintHash;
  readonly fingerprint: Fingerprint;
}

/** Reads the key of a stage whose dependencies are all there. */
export async function keyOf(
  pipeline: Pipeline,
  stage: Stage,
  surveyed: Surveyed,
  upstream: Upstream,
  memo: HashMemo,
): Promise<StageKey> {
  const deps = await dependencyHashes(pipeline, stage, upstream, memo);
  const fingerprint = fingerprintOf(stage, pipeline.params, deps, surveyed.surroundings);
  return { hash: hashFingerprint(fingerprint), fingerprint };
}

async function dependencyHashes(
  pipeline: Pipeline,
  stage: Stage,
  upstream: Upstream,
  memo: HashMemo,
): Promise<Record<string, ContentHash>> {
  const entries = Object.entries(stage.deps).map(async ([name, dep]) => {
    if (dep.kind === 'path') return [name, await pathHash(pipeline, stage, name, memo)] as const;
    return [name, outputHash(lockOf(upstream, dep.stage), dep.output)] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

async function pathHash(pipeline: Pipeline, stage: Stage, name: string, memo: HashMemo): Promise<ContentHash> {
  const dep = stage.deps[name];
  if (dep?.kind !== 'path') throw new Error(`${name} is no path`);
  try {
    return (await hashTree(await realpath(resolve(pipeline.root, dep.path)), memo.hash)).hash; // a data set may be a link
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) throw new UserError([missingDependency(stage, name)]);
    if (error instanceof TreeError) throw new UserError([unfitDependency(stage, dep.path, error, dep.place)]);
    throw error;
  }
}

function unfitDependency(stage: Stage, path: string, error: TreeError, place: Place): Diagnostic {
  return { severity: 'error', message: `stage ${stage.name} depends on ${path}: ${error.message}`, place };
}

/** A diagnostic for a path that a stage depends on and that is not there. */
export function missingDependency(stage: Stage, name: string): Diagnostic {
  const dep = stage.deps[name];
  if (dep?.kind !== 'path') throw new Error(`${name} is no path`);
  return {
    severity: 'error',
    message: `stage ${stage.name} depends on ${dep.path}, which does not exist`,
    hint: `paths are relative to the folder of pipeline.yaml; what another stage writes is named \${stage.output}`,
    place: dep.place,
  };
}

/** Absolute path of each dependency, by name. */
export function dependencyPaths(
  pipeline: Pipeline,
  stage: Stage,
  layout: Layout,
  upstream: Upstream,
): Record<string, string> {
  const entries = Object.entries(stage.deps).map(([name, dep]) => {
    if (dep.kind === 'path') return [name, resolve(pipeline.root, dep.path)];
    const lock = lockOf(upstream, dep.stage);
    return [name, resolve(layout.stage(lock.fingerprint).outs, lock.outputs[dep.output]?.path ?? '')];
  });
  return Object.fromEntries(entries);
}

/**
 * Looks at the inputs again after the stage has ended: a result made from inputs that moved belongs to no key.
 * A published dependency that was written into is set aside, so that the next run makes it again.
 */
export async function inputsMoved(
  pipeline: Pipeline,
  stage: Stage,
  key: StageKey,
  surveyed: Surveyed,
  upstream: Upstream,
  layout: Layout,
  memo: HashMemo,
): Promise<Failure | undefined> {
  for (const [name, dep] of Object.entries(stage.deps)) {
    if (dep.kind !== 'output') continue;
    const lock = lockOf(upstream, dep.stage);
    if (await outputsHold(layout, lock)) continue;
    await setAside(layout, lock);
    return { kind: 'dependency-modified', dependency: name };
  }
  const paths: string[] = [];
  for (const [name, dep] of Object.entries(stage.deps)) {
    if (dep.kind !== 'path') continue;
    const now = await pathHash(pipeline, stage, name, memo).catch(() => undefined);
    if (now !== key.fingerprint.deps[name]) paths.push(dep.path);
  }
  for (const file of surveyed.codeFiles) {
    const path = pathInKey(pipeline.root, file);
    const now = await memo.hash(file).catch(() => undefined);
    if (now !== key.fingerprint.code[path]) paths.push(path);
  }
  return paths.length === 0 ? undefined : { kind: 'inputs-changed', paths };
}

function lockOf(upstream: Upstream, stage: string): StageLock {
  const lock = upstream.get(stage);
  if (lock === undefined) throw new Error(`stage ${stage} has no result yet`);
  return lock;
}
