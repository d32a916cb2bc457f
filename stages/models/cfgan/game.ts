/**
 * CFGAN (Chae et al. 2018), conditioned on history: both players know the row's purchase vector r. There is no noise.
 *
 * With e the observed entries, k those of partial masking and N those of zero reconstruction, the discriminator is shown
 * r as real and r̂ · (e + k) as fake; the generator minimises −log σ(D(r, r̂ · (e + k))), or the critic's, and
 * α · mean over the batch of Σ_{j ∈ N} r̂_j². One discriminator update on both halves comes before each of the
 * generator's, on the same batch; under wgan, `critic_steps` on others.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Interactions } from '../../datasets/interactions.ts';
import { stream } from '../../random-stream.ts';
import type { ModelParams } from '../model.ts';
import { choiceParam, countParam, numberParam } from '../model-params.ts';
import { adversarialStep, type Draw } from '../network/adversarial-step.ts';
import { createAdversaries, disposeAdversaries, generate, type Penalty } from '../network/adversaries.ts';
import { createNetwork, type DenseNetwork, glorotUniform, outputOf } from '../network/dense.ts';
import { lossNames } from '../network/losses.ts';
import { binary, denseMatrix, shuffledBatches, transpose } from '../rows.ts';
import type { Trainee } from '../training.ts';
import { drawNegatives } from './negatives.ts';
import { cfganScorer } from './scorer.ts';
import { cfganSettings, discriminatorOf, generatorOf } from './settings.ts';

export interface CfganGame extends Trainee {
  readonly generator: DenseNetwork;
  readonly discriminator: DenseNetwork;
  dispose(): void;
}

/** Both networks at step 0, with everything random drawn from streams of `seed`. */
export function createCfganGame(train: Interactions, params: ModelParams, seed: number): CfganGame {
  const settings = cfganSettings(params);
  const rows = rowsOf(train, settings.orientation);
  const networks = {
    generator: createNetwork(generatorOf(settings, rows.items), glorotUniform(stream(seed, 'generator'))),
    discriminator: createNetwork(discriminatorOf(settings, rows.items), glorotUniform(stream(seed, 'discriminator'))),
  };
  const players = createAdversaries(networks, {
    loss: choiceParam(params, 'loss', lossNames),
    learningRate: numberParam(params, 'learning_rate', { min: 0 }),
    clip: numberParam(params, 'clip', { min: 0 }),
  });
  const schedule = { discriminator: 'together', criticSteps: countParam(params, 'critic_steps') } as const;
  const matrix = denseMatrix(rows);
  const nextBatch = shuffledBatches(rows.users, countParam(params, 'batch_size'), stream(seed, 'batches'));
  const masking = stream(seed, 'partial-masking');
  const zeros = stream(seed, 'zero-reconstruction');
  const draw = (): Draw => {
    const batch = nextBatch();
    const history = tf.gather(matrix, tf.tensor1d(batch));
    const masked = drawNegatives(rows, batch, settings.partialMasking, masking);
    const generated = generate(players, history, tf.add(history, masked));
    const penalty = () =>
      zeroReconstruction(
        outputOf(generated.activations),
        drawNegatives(rows, batch, settings.zeroReconstruction, zeros),
        settings.alpha,
      );
    return { condition: history, real: history, generated, ...(settings.alpha > 0 ? { penalty } : {}) };
  };
  return {
    ...networks,
    step: () => adversarialStep(players, draw, schedule),
    scorer: () => cfganScorer(networks.generator, matrix, settings.orientation, () => {}),
    dispose() {
      disposeAdversaries(players);
      matrix.dispose();
    },
  };
}

/** Who liked what, with users or items as rows. */
export function rowsOf(train: Interactions, orientation: 'user' | 'item'): Interactions {
  return binary(orientation === 'user' ? train : transpose(train));
}

/** α · mean over the batch of the sum of the chosen outputs' squares. */
export function zeroReconstruction(output: tf.Tensor2D, chosen: tf.Tensor2D, alpha: number): Penalty {
  const zeroed = tf.mul<tf.Tensor2D>(output, chosen);
  const scale = alpha / output.shape[0];
  const [squares] = tf.sum(tf.square(zeroed)).dataSync<'float32'>();
  return { value: scale * (squares as number), gradient: tf.mul(zeroed, 2 * scale) };
}
