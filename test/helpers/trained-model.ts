/** Models trained and loaded in this process, as the stages do it. */
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Interactions, interactionsOf } from '../../stages/datasets/interactions.ts';
import { loadModel, trainModel } from '../../stages/models/index.ts';
import type { ModelParams, Scorer, TrainContext } from '../../stages/models/model.ts';
import { defaultParams, type Tree } from './default-params.ts';

export interface Trained {
  readonly folder: string;
  readonly scorer: Scorer;
}

/** @param model laid over the defaults; `name` at least */
export async function trained(
  parent: string,
  train: Interactions,
  model: Tree,
  context: Partial<TrainContext> = {},
): Promise<Trained> {
  const folder = await mkdtemp(join(parent, 'model-'));
  const none = interactionsOf([], train);
  await trainModel({
    ...{ train, validation: none, unliked: none, seed: 1, threads: 1, folder, checkpoint: '' },
    params: defaultParams({ model }).model as ModelParams,
    signal: new AbortController().signal,
    report() {},
    progress() {},
    ...context,
  });
  return { folder, scorer: await loadModel(folder, { train, noiseSeed: null, threads: 1 }) };
}

/** `[users][items]` */
export async function allScores(scorer: Scorer, users: number): Promise<number[][]> {
  const scores = await scorer.scores(Int32Array.from({ length: users }, (_, user) => user));
  return Array.from({ length: users }, (_, user) =>
    Array.from(scores.subarray(user * scorer.items, (user + 1) * scorer.items)),
  );
}

/** File → its bytes. */
export async function bytesIn(folder: string): Promise<Record<string, Buffer>> {
  const names = (await readdir(folder)).sort();
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name))] as const)),
  );
}

/** Throws where two tables differ by more than `tolerance` anywhere, saying where and how much. */
export function expectClose(
  found: readonly (readonly number[])[],
  wanted: readonly (readonly number[])[],
  tolerance: number,
) {
  wanted.forEach((row, i) => {
    row.forEach((value, j) => {
      const other = found[i]?.[j] ?? Number.NaN;
      if (!(Math.abs(other - value) <= tolerance)) throw new Error(`[${i}][${j}] is ${other}, expected ${value}`);
    });
  });
}
