/** The notebook's step as one would write it with TensorFlow.js: automatic derivatives and its own Adam. */
import * as tf from '@tensorflow/tfjs-core';
import type { Interactions } from '../../stages/datasets/interactions.ts';
import type { ModelParams } from '../../stages/models/model.ts';
import { denseRows } from '../../stages/models/rows.ts';
import type { Trainee } from '../../stages/models/trainee.ts';
import { stream } from '../../stages/random-stream.ts';

export function plainNotebook(train: Interactions, params: ModelParams, seed: number): Pick<Trainee, 'step'> {
  const latent = params.latent_dim as number;
  const batch = params.batch_size as number;
  const generator = network([2 * latent, 128, 256, train.items], seed);
  const discriminator = network([latent + train.items, 256, 128, 1], seed + 10);
  const [moveG, moveD] = [tf.train.adam(2e-4, 0.5), tf.train.adam(2e-4, 0.5)];
  const embeddings = tf.randomNormal<tf.Rank.R2>([train.users, latent], 0, 1, 'float32', seed);
  const fakeOf = (given: tf.Tensor2D) => tf.sigmoid<tf.Tensor2D>(outputOf(generator, given));
  const loss = (items: tf.Tensor2D, users: tf.Tensor2D, label: number) => {
    const logits = outputOf(discriminator, tf.concat2d([users, items], 1));
    return tf.losses.sigmoidCrossEntropy(tf.fill(logits.shape, label), logits) as tf.Scalar;
  };
  return {
    async step(step) {
      const random = stream(seed, 'step', step);
      const rows = Int32Array.from({ length: batch }, () => random.integer(train.users));
      tf.tidy(() => {
        const users = tf.gather(embeddings, tf.tensor1d(rows));
        const real = denseRows(train, rows);
        const noise = tf.randomNormal<tf.Rank.R2>([batch, latent], 0, 1, 'float32', step);
        const given = tf.concat2d([users, noise], 1);
        const fake = fakeOf(given);
        moveD.minimize(() => loss(real, users, 1), false, discriminator.flat());
        moveD.minimize(() => loss(fake, users, 0), false, discriminator.flat());
        moveG.minimize(() => loss(fakeOf(given), users, 1), false, generator.flat());
      });
      return {};
    },
  };
}

type Layer = [tf.Variable<tf.Rank.R2>, tf.Variable<tf.Rank.R1>];

function network(sizes: readonly number[], seed: number): Layer[] {
  return sizes.slice(1).map((outputs, layer) => {
    const inputs = sizes[layer] as number;
    const limit = Math.sqrt(6 / (inputs + outputs));
    return [
      tf.variable(tf.randomUniform<tf.Rank.R2>([inputs, outputs], -limit, limit, 'float32', seed + layer)),
      tf.variable(tf.zeros<tf.Rank.R1>([outputs])),
    ];
  });
}

/** Relu between layers, none after the last. */
function outputOf(layers: readonly Layer[], input: tf.Tensor2D): tf.Tensor2D {
  return layers.reduce((value, [weights, bias], at) => {
    const sums = tf.add<tf.Tensor2D>(tf.matMul(value, weights), bias);
    return at < layers.length - 1 ? tf.relu(sums) : sums;
  }, input);
}
