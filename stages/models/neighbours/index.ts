/**
 * Neighbourhood models: an item is scored by what the user liked that is like it, or by the users like this one who liked
 * it. Similarities are summed, not averaged, which ranks better (Cremonesi et al. 2010, "non-normalised").
 */
import { itemWeightsModel } from '../item-weights.ts';
import type { Model } from '../model.ts';
import { choiceParam } from '../model-params.ts';
import { likes, transposed } from '../sparse/matrix.ts';
import { productScorer } from '../sparse/product-scorer.ts';
import { readSparse, writeSparse } from '../sparse/store.ts';
import { neighboursOf } from './nearest.ts';

/** Sarwar et al. 2001: score(u, j) = Σ s(j, i) over the items i that u liked and that are among the k nearest of j. */
export const itemKnn: Model = itemWeightsModel(async (context) =>
  transposed(await neighboursOf(transposed(likes(context.train)), context, 'items')),
);

/**
 * score(u, j) = Σ s(u, v) over the users v who liked j and are among the k nearest of u (`own`); or, as in the evaluation
 * study of Ferrari Dacrema et al., who have u among their k nearest (`reverse`), so that a user is heard by as many as are
 * like it.
 */
export const userKnn: Model = {
  async train(context) {
    const votes = choiceParam(context.params, 'knn.votes', ['own', 'reverse']);
    const nearest = await neighboursOf(likes(context.train), context, 'users');
    await writeSparse(context.folder, votes === 'own' ? nearest : transposed(nearest));
  },
  async load(folder, { train }) {
    return productScorer(await readSparse(folder, { rows: train.users, columns: train.users }), likes(train));
  },
};
