/** The notebook's step as one would write it with TensorFlow.js: layers, automatic derivatives, its own Adam. */
import { createRequire } from 'node:module';
import type * as Whole from '@tensorflow/tfjs';
import type { Interactions } from '../../stages/datasets/interactions.ts';
import type { ModelParams } from '../../stages/models/model.ts';
import { randomScorer } from '../../stages/models/random.ts';
import { denseRows } from '../../stages/models/rows.ts';
import type { Trainee } from '../../stages/models/training.ts';
import { stream } from '../../stages/random-stream.ts';

const tf = createRequire(new URL('../../native/package.json', import.meta.url))('@tensorflow/tfjs') as typeof Whole;

export function plainNotebook(
  train: Interactions,
  params: ModelParams,
  seed: number,
): Pick<Trainee, 'step' | 'scorer'> {
  const latent = params.latent_dim as number;
  const batch = params.batch_size as number;
  const generator = network([2 * latent, 128, 256, train.items], 'sigmoid', seed);
  const discriminator = network([latent + train.items, 256, 128, 1], 'linear', seed + 10);
  const [moveG, moveD] = [tf.train.adam(2e-4, 0.5), tf.train.adam(2e-4, 0.5)];
  const embeddings = tf.randomNormal([train.users, latent], 0, 1, 'float32', seed);
  const variables = (model: Whole.Sequential) =>
    model.trainableWeights.map((weight) => weight.read() as Whole.Variable);
  const loss = (items: Whole.Tensor2D, users: Whole.Tensor2D, label: number) => {
    const logits = discriminator.apply(tf.concat2d([users, items], 1)) as Whole.Tensor2D;
    return tf.losses.sigmoidCrossEntropy(tf.fill(logits.shape, label), logits).asScalar();
  };
  return {
    async step(step) {
      const random = stream(seed, 'step', step);
      const rows = Int32Array.from({ length: batch }, () => random.integer(train.users));
      tf.tidy(() => {
        const users = tf.gather(embeddings, tf.tensor1d(rows)) as Whole.Tensor2D;
        const real = denseRows(train, rows);
        const given = tf.concat2d(
          [users, tf.randomNormal([batch, latent], 0, 1, 'float32', step) as Whole.Tensor2D],
          1,
        );
        const fake = generator.apply(given) as Whole.Tensor2D;
        for (const [items, label] of [
          [real, 1],
          [fake, 0],
        ] as const)
          moveD.minimize(() => loss(items, users, label), false, variables(discriminator));
        moveG.minimize(() => loss(generator.apply(given) as Whole.Tensor2D, users, 1), false, variables(generator));
      });
      return {};
    },
    scorer: () => randomScorer(train.items, seed),
  };
}

function network(sizes: readonly number[], output: 'sigmoid' | 'linear', seed: number): Whole.Sequential {
  const model = tf.sequential();
  sizes.slice(1).forEach((units, layer) => {
    model.add(
      tf.layers.dense({
        units,
        activation: layer === sizes.length - 2 ? output : 'relu',
        kernelInitializer: tf.initializers.glorotUniform({ seed: seed + layer }),
        ...(layer === 0 ? { inputShape: [sizes[0] as number] } : {}),
      }),
    );
  });
  return model;
}
