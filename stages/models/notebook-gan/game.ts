/**
 * The notebook's GAN, as it stands: the condition is a random vector a user, drawn once and never trained, so that it
 * says who the user is and nothing about them; the generator's whole output, dense, is shown to the discriminator.
 *
 * What is not built is the one Adam that the notebook hands to both models: here each has its own.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Interactions } from '../../datasets/interactions.ts';
import { stream } from '../../random-stream.ts';
import { blockScorer } from '../block-scorer.ts';
import type { ModelParams, Scorer } from '../model.ts';
import { choiceParam, countParam, numberParam } from '../model-params.ts';
import { adversarialStep, type Draw } from '../network/adversarial-step.ts';
import { createAdversaries, disposeAdversaries, generate } from '../network/adversaries.ts';
import { createNetwork, type DenseNetwork, forward, glorotUniform, outputOf, valuesOf } from '../network/dense.ts';
import { lossNames } from '../network/losses.ts';
import { denseMatrix } from '../rows.ts';
import type { Trainee } from '../training.ts';
import { discriminatorOf, generatorOf } from './architecture.ts';

export interface NotebookGame extends Trainee {
  readonly generator: DenseNetwork;
  readonly discriminator: DenseNetwork;
  /** `[users, latent]` */
  readonly embeddings: tf.Tensor2D;
  dispose(): void;
}

/** Both networks at step 0, with everything random drawn from streams of `seed`. */
export function createNotebookGame(train: Interactions, params: ModelParams, seed: number): NotebookGame {
  const latentDim = countParam(params, 'latent_dim');
  const batchSize = countParam(params, 'batch_size');
  const discriminator = choiceParam(params, 'discriminator', ['trained', 'frozen']);
  const loss = choiceParam(params, 'loss', lossNames);
  const schedule = {
    discriminator: discriminator === 'frozen' ? discriminator : loss === 'vanilla' ? 'apart' : 'together',
    criticSteps: countParam(params, 'critic_steps'),
  } as const;
  const networks = {
    generator: createNetwork(generatorOf(latentDim, train.items), glorotUniform(stream(seed, 'generator'))),
    discriminator: createNetwork(discriminatorOf(latentDim, train.items), glorotUniform(stream(seed, 'discriminator'))),
  };
  const players = createAdversaries(networks, {
    loss,
    learningRate: numberParam(params, 'learning_rate', { min: 0 }),
    clip: numberParam(params, 'clip', { min: 0 }),
  });
  const embeddings = normal(train.users, latentDim, stream(seed, 'embeddings'));
  const matrix = denseMatrix(train);
  const batches = stream(seed, 'batches');
  const noise = stream(seed, 'noise');
  const draw = (): Draw => {
    // With replacement: the notebook's "epoch" is one such batch.
    const users = tf.tensor1d(Int32Array.from({ length: batchSize }, () => batches.integer(train.users)));
    const condition = tf.gather(embeddings, users);
    const input = tf.concat2d([condition, normal(batchSize, latentDim, noise)], 1);
    return { condition, real: tf.gather(matrix, users), generated: generate(players, input) };
  };
  return {
    ...networks,
    embeddings,
    step: () => adversarialStep(players, draw, schedule),
    scorer: () => notebookScorer(networks.generator, embeddings, null, () => {}),
    dispose() {
      disposeAdversaries(players);
      tf.dispose([embeddings, matrix]);
    },
  };
}

/**
 * Scores of the generator with one draw of noise a user, as the notebook's evaluation has it, or with noise at its mean.
 *
 * @param noiseSeed the draw of user u is from `stream(noiseSeed, 'noise', u)`; null is the mean, 0.
 */
export function notebookScorer(
  generator: DenseNetwork,
  embeddings: tf.Tensor2D,
  noiseSeed: number | null,
  dispose: () => void,
): Scorer {
  const [users, latentDim] = embeddings.shape;
  const items = (generator.at(-1) as DenseNetwork[number]).bias.size;
  const noiseOf = (from: number, to: number): tf.Tensor2D => {
    if (noiseSeed === null) return tf.zeros([to - from, latentDim]);
    const rows = Array.from({ length: to - from }, (_, i) =>
      normal(1, latentDim, stream(noiseSeed, 'noise', from + i)),
    );
    return tf.concat2d(rows, 0);
  };
  const score = (from: number, to: number) =>
    valuesOf(() => {
      const condition = tf.slice2d(embeddings, [from, 0], [to - from, latentDim]);
      const input = tf.concat2d([condition, noiseOf(from, to)], 1);
      return outputOf(forward(generator, input));
    });
  return blockScorer({ users, items }, score, dispose);
}

function normal(rows: number, columns: number, random: { normal(): number }): tf.Tensor2D {
  return tf.tensor2d(
    Float32Array.from({ length: rows * columns }, () => random.normal()),
    [rows, columns],
  );
}
