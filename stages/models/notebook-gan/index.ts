/** The notebook's GAN as a model: trains, writes its weights, comes back from them. */
import { openTensorFlow } from '../../tensorflow.ts';
import type { Model } from '../model.ts';
import { countParam } from '../model-params.ts';
import { disposeNetwork } from '../network/dense.ts';
import { kept } from '../network/state.ts';
import { readWeights, storedNetwork, storedValues, writeWeights } from '../network/weights.ts';
import { planOf } from '../trainee.ts';
import { runSteps } from '../training.ts';
import { generatorOf } from './architecture.ts';
import { createNotebookGame, notebookScorer } from './game.ts';

export const notebookGan: Model = {
  async train(context) {
    const { params, threads, train, seed, folder } = context;
    await openTensorFlow({ threads });
    const game = createNotebookGame(train, params, seed);
    await runSteps(context, game, planOf(params, 'steps'));
    const { values, latentDim } = game.embeddings;
    await writeWeights(folder, {
      embeddings: { shape: [train.users, latentDim], values },
      ...kept(game.moving),
    });
    game.dispose();
  },
  async load(folder, { params, threads, train, noiseSeed }) {
    await openTensorFlow({ threads });
    const latentDim = countParam(params, 'latent_dim');
    const stored = await readWeights(folder);
    const values = storedValues(stored, 'embeddings', [train.users, latentDim]);
    const generator = storedNetwork(stored, 'generator', generatorOf(latentDim, train.items));
    return notebookScorer(generator, { values, latentDim }, noiseSeed, () => disposeNetwork(generator));
  },
};
