/** The notebook's GAN in the notebook's own protocol: trained on all ratings, ranked on the same ratings, nothing masked. */
import { entriesOf, idMapOf } from '../../stages/datasets/id-map.ts';
import { type Interactions, interactionsOf } from '../../stages/datasets/interactions.ts';
import { originsFrom } from '../../stages/datasets/mirrors.ts';
import { movielens100k } from '../../stages/datasets/movielens.ts';
import { trainingValues } from '../../stages/datasets/training-values.ts';
import { evaluateScorer } from '../../stages/metrics/evaluate-scorer.ts';
import { type EvaluateParams, protocolOf } from '../../stages/metrics/protocol.ts';
import type { ModelParams, Scorer } from '../../stages/models/model.ts';
import { createNotebookGame, notebookScorer } from '../../stages/models/notebook-gan/game.ts';
import { defaultParams } from '../../test/helpers/default-params.ts';

export const discriminators = ['trained', 'frozen'] as const;
export type Discriminator = (typeof discriminators)[number];

export interface Point {
  readonly discriminator: Discriminator;
  readonly seed: number;
  readonly step: number;
  readonly precision: number;
  readonly ndcg: number;
  /** Of the step before the scores; NaN before the first. */
  readonly d_loss: number;
  readonly d_accuracy: number;
  readonly g_loss: number;
}

/** The notebook's matrix: (rating − 1) / 4, in which each rating of 1 is lost. */
export async function notebookMatrix(): Promise<Interactions> {
  const origins = originsFrom(process.env.RETRIAL_DATA_MIRROR, {
    signal: new AbortController().signal,
    progress: () => {},
  });
  const train = await movielens100k(origins, 'none');
  const { value } = trainingValues(train, { threshold: 0, values: 'minmax' });
  const ids = idMapOf({ train, validation: [], test: [] });
  const entries = entriesOf(train, ids, value).filter((entry) => entry.value > 0);
  return interactionsOf(entries, { users: ids.users.length, items: ids.items.length });
}

/** Precision@5 and NDCG@5 on the training matrix itself. */
export async function scoreLeaked(scorer: Scorer, train: Interactions): Promise<{ precision: number; ndcg: number }> {
  const params: EvaluateParams = {
    protocol: 'leaked',
    k: [5],
    relevance: 0,
    candidates: 'all',
    noise: 'draw',
    noise_seed: 1,
  };
  const { means } = await evaluateScorer(scorer, protocolOf(params, { train, known: [], truth: train }));
  return { precision: means['precision@5'] as number, ndcg: means['ndcg@5'] as number };
}

/** Trains with the notebook's settings up to the last of `steps`, scoring at each of them with one noise draw a user. */
export async function* train(
  matrix: Interactions,
  discriminator: Discriminator,
  seed: number,
  steps: readonly number[],
): AsyncGenerator<Point> {
  const params = {
    ...(defaultParams().model as ModelParams),
    name: 'notebook-gan',
    learning_rate: 2e-4,
    discriminator,
  };
  const game = createNotebookGame(matrix, params, seed);
  let losses: Readonly<Record<string, number>> = {};
  for (let step = 0; step <= Math.max(...steps); step++) {
    if (step > 0) losses = await game.step(step, async () => {});
    if (!steps.includes(step)) continue;
    const scores = await scoreLeaked(
      notebookScorer(game.generator, game.embeddings, seed, () => {}),
      matrix,
    );
    const { d_loss = Number.NaN, d_accuracy = Number.NaN, g_loss = Number.NaN } = losses;
    yield { discriminator, seed, step, ...scores, d_loss, d_accuracy, g_loss };
  }
  game.dispose();
}
