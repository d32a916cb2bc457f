/** CFGAN as a model: trains, writes its weights, comes back from them. */
import { openTensorFlow } from '../../tensorflow.ts';
import type { Model } from '../model.ts';
import { countParam } from '../model-params.ts';
import { createNetwork, disposeNetwork } from '../network/dense.ts';
import { fromStored, named, readWeights, writeWeights } from '../network/weights.ts';
import { denseMatrix } from '../rows.ts';
import { runSteps } from '../training.ts';
import { createCfganGame, rowsOf } from './game.ts';
import { cfganScorer } from './scorer.ts';
import { cfganSettings, generatorOf } from './settings.ts';

export const cfgan: Model = {
  async train(context) {
    const { params, threads, train, seed, folder } = context;
    await openTensorFlow({ threads });
    const game = createCfganGame(train, params, seed);
    await runSteps(context, game, {
      steps: countParam(params, 'steps'),
      validateEvery: countParam(params, 'validate_every', 0),
    });
    await writeWeights(folder, {
      ...named('generator', game.generator),
      ...named('discriminator', game.discriminator),
    });
    game.dispose();
  },
  async load(folder, { params, threads, train }) {
    await openTensorFlow({ threads });
    const settings = cfganSettings(params);
    const rows = rowsOf(train, settings.orientation);
    const generator = createNetwork(
      generatorOf(settings, rows.items),
      fromStored(await readWeights(folder), 'generator'),
    );
    const histories = denseMatrix(rows);
    return cfganScorer(generator, histories, settings.orientation, () => {
      disposeNetwork(generator);
      histories.dispose();
    });
  },
};
