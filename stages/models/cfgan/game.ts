/**
 * CFGAN (Chae et al. 2018), conditioned on history: both players know the row's purchase vector r. There is no noise.
 *
 * With e the observed entries, k those of partial masking and N those of zero reconstruction, both drawn anew each round,
 * the discriminator is shown r as real and r̂ · (e + k) as fake; the generator minimises −log σ(D(r, r̂ · (e + k))), or
 * the critic's, and α · mean over the batch of Σ_{j ∈ N} r̂_j².
 */
import type * as tf from '@tensorflow/tfjs-core';
import type { Interactions } from '../../datasets/interactions.ts';
import { type RandomStream, stream } from '../../random-stream.ts';
import type { ModelParams } from '../model.ts';
import { discriminatorStep, generatorSeries, generatorStep } from '../network/adversarial-step.ts';
import { type Adversaries, createAdversaries, disposeAdversaries, generate } from '../network/adversaries.ts';
import { createNetwork, type DenseNetwork, glorotUniform } from '../network/dense.ts';
import { trainGenerator } from '../network/generator.ts';
import { tidied } from '../network/scope.ts';
import { type Moving, movingOf } from '../network/state.ts';
import { binary, transpose } from '../rows.ts';
import type { Trainee } from '../trainee.ts';
import { reconstruction, zeroReconstruction } from './reconstruction.ts';
import { type Moves, playRound } from './round.ts';
import { drawRound, type RoundDraw } from './round-draw.ts';
import { cfganScorer } from './scorer.ts';
import { type CfganSettings, cfganSettings, discriminatorOf, generatorOf } from './settings.ts';

export interface CfganGame extends Trainee {
  readonly moving: Moving;
  readonly generator: DenseNetwork;
  readonly discriminator: DenseNetwork;
  dispose(): void;
}

/** Biases begin within ±.01, as in the authors' code. */
const biasLimit = 0.01;

/** Both networks before the first round, with everything random drawn from streams of `seed`. A step is a round. */
export function createCfganGame(train: Interactions, params: ModelParams, seed: number): CfganGame {
  const settings = cfganSettings(params);
  const rows = rowsOf(train, settings.orientation);
  const networks = {
    generator: createNetwork(generatorOf(settings, rows.items), glorotUniform(stream(seed, 'generator'), biasLimit)),
    discriminator: createNetwork(
      discriminatorOf(settings, rows.items),
      glorotUniform(stream(seed, 'discriminator'), biasLimit),
    ),
  };
  const players = createAdversaries(networks, settings.rules);
  return {
    ...networks,
    moving: movingOf(players),
    async step(round, breathe) {
      const streamOf = (...names: readonly (string | number)[]) => stream(seed, 'round', round, ...names);
      const moves = movesOf(players, drawRound(rows, settings, streamOf), settings, streamOf('layers'));
      const means = await playRound(settings.round, moves, {
        rows: rows.users,
        generatorUpdates: players.generatorOptimiser.updates,
        order: (player, pass) => streamOf('order', player, pass),
        breathe,
      });
      const { generatorOptimiser, discriminatorOptimiser } = players;
      return {
        ...means,
        generator_updates: generatorOptimiser.updates,
        discriminator_updates: discriminatorOptimiser.updates,
      };
    },
    scorer: () => cfganScorer(networks.generator, rows, settings.orientation, () => {}),
    dispose: () => disposeAdversaries(players),
  };
}

/** Who liked what, with users or items as rows. */
export function rowsOf(train: Interactions, orientation: 'user' | 'item'): Interactions {
  return binary(orientation === 'user' ? train : transpose(train));
}

/** One update each, of one batch; all that is made is freed. */
function movesOf(
  players: Adversaries,
  round: RoundDraw,
  { alpha, autoencoder }: CfganSettings,
  random: RandomStream,
): Moves {
  return {
    discriminator: (rows) =>
      tidied(() => {
        const history = round.history(rows);
        const generated = generate(players, history, {
          random,
          follow: false,
          shown: round.shown(rows),
          product: round.historyProduct(rows),
        });
        return discriminatorStep(players, { condition: history, real: history, generated }, 'together', random);
      }),
    generator: (rows) =>
      tidied(() => {
        const history = round.history(rows);
        const shown = autoencoder ? {} : { shown: round.shown(rows) };
        const generated = generate(players, history, {
          random,
          follow: true,
          product: round.historyProduct(rows),
          ...shown,
        });
        const zeros = alpha > 0 ? round.zeros(rows) : undefined;
        const penalty = zeros && ((output: tf.Tensor2D) => zeroReconstruction(output, zeros, alpha));
        if (!autoencoder) return generatorStep(players, { condition: history, generated, penalty }, random);
        // The ablation: squared error in the adversary's place, all else the same.
        const observed = (output: tf.Tensor2D) => reconstruction(output, history);
        return generatorSeries(trainGenerator(players, generated, penalty ? [observed, penalty] : [observed]));
      }),
  };
}
