/** CFGAN as a model: trains, writes its weights, comes back from them. */
import { openTensorFlow } from '../../tensorflow.ts';
import type { Model } from '../model.ts';
import { disposeNetwork } from '../network/dense.ts';
import { kept } from '../network/state.ts';
import { readWeights, storedNetwork, writeWeights } from '../network/weights.ts';
import { planOf } from '../trainee.ts';
import { runSteps } from '../training.ts';
import { createCfganGame, rowsOf } from './game.ts';
import { cfganScorer } from './scorer.ts';
import { cfganSettings, generatorOf } from './settings.ts';

export const cfgan: Model = {
  async train(context) {
    const { params, threads, train, seed, folder } = context;
    await openTensorFlow({ threads });
    const game = createCfganGame(train, params, seed);
    await runSteps(context, game, planOf(params, 'rounds'));
    await writeWeights(folder, kept(game.moving));
    game.dispose();
  },
  async load(folder, { params, threads, train }) {
    await openTensorFlow({ threads });
    const settings = cfganSettings(params);
    const rows = rowsOf(train, settings.orientation);
    const generator = storedNetwork(await readWeights(folder), 'generator', generatorOf(settings, rows.items));
    return cfganScorer(generator, rows, settings.orientation, () => disposeNetwork(generator));
  },
};
