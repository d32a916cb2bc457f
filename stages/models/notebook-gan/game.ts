/**
 * The notebook's GAN, as it stands: the condition is a random vector a user, drawn once and never trained, so that it
 * says who the user is and nothing about them; the generator's whole output, dense, is shown to the discriminator.
 *
 * What is not built is the one Adam that the notebook hands to both models: here each has its own.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Interactions } from '../../datasets/interactions.ts';
import { type RandomStream, stream } from '../../random-stream.ts';
import { blockScorer } from '../block-scorer.ts';
import type { ModelParams, Scorer } from '../model.ts';
import { choiceParam, countParam } from '../model-params.ts';
import { adversarialStep, type Draw } from '../network/adversarial-step.ts';
import { createAdversaries, disposeAdversaries, generate } from '../network/adversaries.ts';
import { createNetwork, type DenseNetwork, glorotUniform } from '../network/dense.ts';
import { forward, numbersOf, outputOf } from '../network/passes.ts';
import { criticPlan, criticSteps, rulesOf } from '../network/rules.ts';
import { type Moving, movingOf } from '../network/state.ts';
import { denseRows, range } from '../rows.ts';
import type { Trainee } from '../trainee.ts';
import { discriminatorOf, generatorOf } from './architecture.ts';

/** A random vector a user: `[users, latentDim]`, row-major. */
export interface Embeddings {
  readonly values: Float32Array;
  readonly latentDim: number;
}

export interface NotebookGame extends Trainee {
  readonly moving: Moving;
  readonly generator: DenseNetwork;
  readonly discriminator: DenseNetwork;
  readonly embeddings: Embeddings;
  dispose(): void;
}

/** Both networks at step 0, with everything random drawn from streams of `seed`. A step is one update of the generator. */
export function createNotebookGame(train: Interactions, params: ModelParams, seed: number): NotebookGame {
  const latentDim = countParam(params, 'latent_dim');
  const batchSize = countParam(params, 'batch_size');
  const discriminator = choiceParam(params, 'discriminator', ['trained', 'frozen']);
  const rules = rulesOf(params);
  const manner = discriminator === 'frozen' ? discriminator : rules.loss === 'vanilla' ? 'apart' : 'together';
  const critic = criticPlan(params);
  const scheduleOf = (moved: number) => ({ discriminator: manner, criticSteps: criticSteps(critic, moved) }) as const;
  const networks = {
    generator: createNetwork(generatorOf(latentDim, train.items), glorotUniform(stream(seed, 'generator'))),
    discriminator: createNetwork(discriminatorOf(latentDim, train.items), glorotUniform(stream(seed, 'discriminator'))),
  };
  const players = createAdversaries(networks, rules);
  const embeddings = { values: normals(train.users * latentDim, stream(seed, 'embeddings')), latentDim };
  const draw = (random: RandomStream, follow: boolean): Draw => {
    // With replacement: the notebook's "epoch" is one such batch.
    const users = Int32Array.from({ length: batchSize }, () => random.integer(train.users));
    const condition = conditionOf(embeddings, users);
    const noise = tf.tensor2d(normals(batchSize * latentDim, random), [batchSize, latentDim]);
    const generated = generate(players, tf.concat2d([condition, noise], 1), { random, follow });
    return { condition, real: denseRows(train, users), generated };
  };
  return {
    ...networks,
    embeddings,
    moving: movingOf(players),
    async step(step) {
      const random = stream(seed, 'step', step);
      return adversarialStep(
        players,
        (follow) => draw(random, follow),
        scheduleOf(players.generatorOptimiser.updates),
        random,
      );
    },
    scorer: () => notebookScorer(networks.generator, embeddings, null, () => {}),
    dispose: () => disposeAdversaries(players),
  };
}

/**
 * Scores of the generator with one draw of noise a user, as the notebook's evaluation has it, or with noise at its mean.
 *
 * @param noiseSeed the draw of user u is from `stream(noiseSeed, 'noise', u)`; null is the mean, 0.
 */
export function notebookScorer(
  generator: DenseNetwork,
  embeddings: Embeddings,
  noiseSeed: number | null,
  dispose: () => void,
): Scorer {
  const { values, latentDim } = embeddings;
  const [items = 0] = (generator.at(-1) as DenseNetwork[number]).bias.shape;
  const noiseOf = (users: Int32Array): tf.Tensor2D => {
    const noise = new Float32Array(users.length * latentDim);
    if (noiseSeed !== null)
      users.forEach((user, i) => {
        noise.set(normals(latentDim, stream(noiseSeed, 'noise', user)), i * latentDim);
      });
    return tf.tensor2d(noise, [users.length, latentDim]);
  };
  const score = (from: number, to: number) =>
    numbersOf(() => {
      const users = range(from, to);
      const input = tf.concat2d([conditionOf(embeddings, users), noiseOf(users)], 1);
      return outputOf(forward(generator, input));
    });
  return blockScorer({ users: values.length / latentDim, items }, score, dispose);
}

/** `[users.length, latentDim]` */
function conditionOf({ values, latentDim }: Embeddings, users: Int32Array): tf.Tensor2D {
  const rows = new Float32Array(users.length * latentDim);
  users.forEach((user, i) => {
    rows.set(values.subarray(user * latentDim, (user + 1) * latentDim), i * latentDim);
  });
  return tf.tensor2d(rows, [users.length, latentDim]);
}

function normals(length: number, random: RandomStream): Float32Array {
  return Float32Array.from({ length }, () => random.normal());
}
