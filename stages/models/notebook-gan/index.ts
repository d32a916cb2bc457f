/** The notebook's GAN as a model: trains, writes its weights, comes back from them. */
import * as tf from '@tensorflow/tfjs-core';
import { openTensorFlow } from '../../tensorflow.ts';
import type { Model } from '../model.ts';
import { countParam } from '../model-params.ts';
import { createNetwork, disposeNetwork } from '../network/dense.ts';
import { fromStored, named, readWeights, storedValues, writeWeights } from '../network/weights.ts';
import { runSteps } from '../training.ts';
import { generatorOf } from './architecture.ts';
import { createNotebookGame, notebookScorer } from './game.ts';

export const notebookGan: Model = {
  async train(context) {
    const { params, threads, train, seed, folder } = context;
    await openTensorFlow({ threads });
    const game = createNotebookGame(train, params, seed);
    await runSteps(context, game, {
      steps: countParam(params, 'steps'),
      validateEvery: countParam(params, 'validate_every', 0),
    });
    const { embeddings, generator, discriminator } = game;
    await writeWeights(folder, {
      embeddings,
      ...named('generator', generator),
      ...named('discriminator', discriminator),
    });
    game.dispose();
  },
  async load(folder, { params, threads, train, noiseSeed }) {
    await openTensorFlow({ threads });
    const latentDim = countParam(params, 'latent_dim');
    const stored = await readWeights(folder);
    const shape: [number, number] = [train.users, latentDim];
    const embeddings = tf.tensor2d(storedValues(stored, 'embeddings', shape), shape);
    const generator = createNetwork(generatorOf(latentDim, train.items), fromStored(stored, 'generator'));
    return notebookScorer(generator, embeddings, noiseSeed, () => {
      disposeNetwork(generator);
      embeddings.dispose();
    });
  },
};
