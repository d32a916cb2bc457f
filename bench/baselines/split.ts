/** The CFGAN authors' split of MovieLens 100K in memory, and a model's scores on it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cfganSplit } from '../../stages/datasets/cfgan-split.ts';
import { entriesOf, idMapOf } from '../../stages/datasets/id-map.ts';
import { type Interactions, interactionsOf } from '../../stages/datasets/interactions.ts';
import { originsFrom } from '../../stages/datasets/mirrors.ts';
import type { Rating } from '../../stages/datasets/ratings.ts';
import { splitRatings } from '../../stages/datasets/split-ratings.ts';
import { evaluateScorer } from '../../stages/metrics/evaluate-scorer.ts';
import { protocolOf } from '../../stages/metrics/protocol.ts';
import { loadModel, trainModel } from '../../stages/models/index.ts';
import type { ModelParams } from '../../stages/models/model.ts';

export interface LoadedSplit {
  readonly train: Interactions;
  readonly validation: Interactions;
  readonly test: Interactions;
}

/** @param validation share of the authors' training part to choose by; 0 trains on all of it */
export async function loadSplit(validation: number): Promise<LoadedSplit> {
  const { signal } = new AbortController();
  const ratings = await cfganSplit(originsFrom(process.env.RETRIAL_DATA_MIRROR, { signal, progress() {} }));
  const rules = { method: 'given', test: 0, validation, seed: 1, folds: 1, fold: 1 } as const;
  const split = splitRatings(ratings, rules);
  const ids = idMapOf(split);
  const part = (rows: readonly Rating[]) =>
    interactionsOf(
      entriesOf(rows, ids, () => 1),
      ids.known,
    );
  return { train: part(split.train), validation: part(split.validation), test: part(split.test) };
}

export interface Scored {
  readonly means: Readonly<Record<string, number>>;
  readonly trainSeconds: number;
  readonly scoreSeconds: number;
}

/** Trains, loads and ranks as the stages do, candidates being the items of the training part. */
export async function score(
  params: ModelParams,
  split: { readonly train: Interactions; readonly truth: Interactions },
  seed: number,
): Promise<Scored> {
  const { train, truth } = split;
  const none = interactionsOf([], train);
  const folder = await mkdtemp(join(tmpdir(), 'retrial-baselines-'));
  try {
    const started = performance.now();
    await trainModel({
      ...{ train, validation: none, unliked: none, params, seed, threads: 1, folder, checkpoint: '' },
      signal: new AbortController().signal,
      report() {},
      progress() {},
    });
    const trained = performance.now();
    const scorer = await loadModel(folder, { train, noiseSeed: null, threads: 1 });
    const protocol = { protocol: 'held-out', relevance: 0, candidates: 'train', noise: 'mean', noise_seed: 0 } as const;
    const { means } = await evaluateScorer(
      scorer,
      protocolOf({ ...protocol, k: [5, 10, 20] }, { train, known: [], truth }),
    );
    scorer.dispose();
    const scoreSeconds = (performance.now() - trained) / 1000;
    return { means, trainSeconds: (trained - started) / 1000, scoreSeconds };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
