/** BPR-MF: factors learned from pairs, an item the user liked above one it did not. Rendle et al. 2009. */
import { DataError } from '../../data-error.ts';
import { failIfWeightsDiverged } from '../diverged.ts';
import { factorScorer, readFactors, writeFactors } from '../factor-scorer.ts';
import type { Model, ModelParams } from '../model.ts';
import { countParam, numberParam } from '../model-params.ts';
import { runSteps } from '../training.ts';
import { createFactors, factorsWithBias } from './factors.ts';
import { epochOf } from './sampler.ts';
import { type BprRates, descend } from './update.ts';

const rateParam = 'model.bpr.learning_rate';

/** A step of the live series is an epoch: as many triples as the training part has entries. */
export const bprMf: Model = {
  async train(context) {
    const { train, params, seed, folder } = context;
    const rates: BprRates = {
      learningRate: numberParam(params, 'bpr.learning_rate', { min: 1e-9 }),
      l2: numberParam(params, 'bpr.l2', { min: 0 }),
      l2Bias: numberParam(params, 'bpr.l2_bias', { min: 0 }),
    };
    const model = createFactors(train, factorsOf(params), seed);
    const triples = epochOf(train, seed);
    if (triples === undefined)
      throw new DataError('bpr-mf learns from items a user liked and items it did not; no user has both');
    const step = async () => ({ bpr_loss: descend(model, triples, rates) });
    await runSteps(
      context,
      { step, scorer: () => factorScorer(factorsWithBias(model)) },
      {
        steps: countParam(params, 'bpr.epochs'),
        unit: 'epochs',
        validateEvery: countParam(params, 'bpr.validate_every', 0),
        keep: 'last',
        patience: 0,
        rateParam,
      },
    );
    const { factors, ...learned } = factorsWithBias(model);
    failIfWeightsDiverged(learned, rateParam);
    await writeFactors(folder, { factors, ...learned });
  },
  async load(folder, { params, train }) {
    // The bias of an item is one factor more, of which every user has 1.
    const factors = factorsOf(params) + 1;
    return factorScorer(await readFactors(folder, { users: train.users, items: train.items, factors }));
  },
};

function factorsOf(params: ModelParams): number {
  return countParam(params, 'bpr.factors');
}
