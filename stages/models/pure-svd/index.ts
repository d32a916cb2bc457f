/** PureSVD: missing entries count as 0, and the matrix is replaced by its nearest of low rank. Cremonesi et al. 2010. */
import { DataError } from '../../data-error.ts';
import { factorScorer, readFactors, writeFactors } from '../factor-scorer.ts';
import type { Model, ModelParams } from '../model.ts';
import { countParam } from '../model-params.ts';
import { pacer } from '../pace.ts';
import { likes } from '../sparse/matrix.ts';
import { rightSingularVectors } from './lanczos.ts';

/**
 * With the rank-f singular value decomposition X ≈ U Σ Vᵀ, the scores are X V Vᵀ (their equation 6): a user's factors are
 * `x_u V`, an item's are its row of V.
 */
export const pureSvd: Model = {
  async train(context) {
    const { train, params, seed, folder } = context;
    const matrix = likes(train);
    const factors = factorsOf(params, Math.min(train.users, train.items));
    const { vectors } = await rightSingularVectors(matrix, factors, seed, pacer(context, factors, 'factors'));
    const items = new Float32Array(train.items * factors);
    const users = new Float32Array(train.users * factors);
    vectors.forEach((vector, f) => {
      vector.forEach((value, item) => {
        items[item * factors + f] = value;
      });
      for (let user = 0; user < train.users; user++) {
        let sum = 0;
        for (let i = matrix.rowStart[user] as number; i < (matrix.rowStart[user + 1] as number); i++)
          sum += vector[matrix.index[i] as number] as number;
        users[user * factors + f] = sum;
      }
    });
    await writeFactors(folder, { factors, users, items });
  },
  async load(folder, { params, train }) {
    const factors = factorsOf(params, Math.min(train.users, train.items));
    return factorScorer(await readFactors(folder, { users: train.users, items: train.items, factors }));
  },
};

function factorsOf(params: ModelParams, most: number): number {
  const factors = countParam(params, 'pure_svd.factors');
  if (factors > most)
    throw new DataError(`model.pure_svd.factors: ${factors} is more than the ${most} that users or items allow`);
  return factors;
}
