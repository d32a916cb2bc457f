/** All that the answer "everything is fresh" was read from: what must stand for it to be given again unread. */
import { dirname, join, resolve } from 'node:path';
import type { Pipeline, Stage } from '../pipeline/types.ts';
import type { Surveyed } from '../plan/surroundings.ts';
import { tensorflowFiles } from '../plan/tensorflow-runtime.ts';
import type { AttemptLock } from '../store/attempts.ts';
import type { Layout } from '../store/layout.ts';
import type { HashMemo } from '../store/memo.ts';
import type { StageLock } from '../store/published.ts';
import type { LookedAt } from './answer.ts';

export interface FreshRun {
  readonly pipeline: Pipeline;
  readonly layout: Layout;
  readonly stages: readonly Stage[];
  readonly surveys: ReadonlyMap<string, Surveyed>;
  readonly memo: HashMemo;
  /** The attempt whose results everything is. */
  readonly previous: AttemptLock;
  readonly locks: readonly StageLock[];
}

/** Undefined where something cannot be told from files and variables alone: a probe has to be run to be known. */
export function lookedAt(fresh: FreshRun): LookedAt | undefined {
  const { pipeline, layout, stages, memo, previous, locks } = fresh;
  if (stages.some((stage) => Object.keys(stage.runtime).length > 0)) return undefined;
  const surveys = [...fresh.surveys.values()];
  if (surveys.some(({ watched }) => watched === undefined)) return undefined;
  const run = layout.run(previous.configHash);
  const paths = [
    ...[pipeline.file, ...pipeline.sources.map(({ path }) => resolve(pipeline.root, path))],
    ...[run.attempts, run.attempt(previous.attempt).folder, run.attempt(previous.attempt).lock],
    ...surveys.flatMap(({ watched = [] }) => watched),
    ...memo.lookedAt(),
    ...(surveys.some(({ surroundings }) => 'tensorflow' in surroundings.runtime) ? tensorflowFiles(pipeline.root) : []),
    ...locks.flatMap((lock) => publishedPaths(layout, lock)),
  ];
  const env = stages.flatMap((stage) => stage.env);
  return { paths, env: [...new Set([...env, 'RETRIAL_TENSORFLOW', 'TF_ENABLE_ONEDNN_OPTS'])] };
}

/** The lock, every file of every output, and the folders in which another could appear. */
function publishedPaths(layout: Layout, lock: StageLock): string[] {
  const { lock: file, outs } = layout.stage(lock.fingerprint);
  const paths = new Set([file]);
  for (const output of Object.values(lock.outputs)) {
    const root = join(outs, output.path);
    paths.add(root);
    if (output.kind === 'file') continue;
    for (const entry of output.files) {
      paths.add(join(root, entry.path));
      for (let at = dirname(entry.path); at !== '.'; at = dirname(at)) paths.add(join(root, at));
    }
  }
  return [...paths];
}
