/** Models that learn how much each item speaks for each other: stored and scored in one way, whatever learned them. */
import type { Model, TrainContext } from './model.ts';
import { likes, type SparseMatrix } from './sparse/matrix.ts';
import { productScorer } from './sparse/product-scorer.ts';
import { readSparse, writeSparse } from './sparse/store.ts';

/**
 * The score of an item is the sum of the weights W `[items, items]` from the items the user liked to it: `x_u W`.
 *
 * @param weights row i, column j: how much liking i speaks for j. At most about 250 million entries (a file below 2 GiB).
 */
export function itemWeightsModel(weights: (context: TrainContext) => Promise<SparseMatrix>): Model {
  return {
    async train(context) {
      await writeSparse(context.folder, await weights(context));
    },
    async load(folder, { train }) {
      return productScorer(likes(train), await readSparse(folder, { rows: train.items, columns: train.items }));
    },
  };
}
