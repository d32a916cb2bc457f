/** Two networks against each other, and what one of them makes for the other to judge. */
import type * as tf from '@tensorflow/tfjs-core';
import type { RandomStream } from '../../random-stream.ts';
import { type DenseNetwork, disposeNetwork } from './dense.ts';
import { type Operations, operations } from './operations.ts';
import type { Optimiser } from './optimisers.ts';
import { forward, outputOf, type Pass } from './passes.ts';
import { optimiserOf, type Rules } from './rules.ts';

export interface Adversaries {
  /** Its output, `[batch, items]`, is what the discriminator judges. */
  readonly generator: DenseNetwork;
  /** `[batch, condition + items]` → one logit; no sigmoid, also under vanilla: the loss has it. */
  readonly discriminator: DenseNetwork;
  readonly generatorOptimiser: Optimiser;
  readonly discriminatorOptimiser: Optimiser;
  readonly rules: Rules;
}

export function createAdversaries(
  networks: Pick<Adversaries, 'generator' | 'discriminator'>,
  rules: Rules,
): Adversaries {
  return {
    ...networks,
    generatorOptimiser: optimiserOf(networks.generator, rules, rules.generatorLearningRate),
    discriminatorOptimiser: optimiserOf(networks.discriminator, rules, rules.discriminatorLearningRate),
    rules,
  };
}

export function disposeAdversaries(players: Adversaries): void {
  disposeNetwork(players.generator);
  disposeNetwork(players.discriminator);
  players.generatorOptimiser.dispose();
  players.discriminatorOptimiser.dispose();
}

/** What the generator made, and what of it is shown to the discriminator. */
export interface Generated {
  readonly pass: Pass;
  /** `[batch, items]`, 0 or 1: entries that are shown; the others are 0 to the discriminator. */
  readonly shown: tf.Tensor2D | undefined;
}

export interface Making {
  /** Of dropout. */
  readonly random: RandomStream;
  /** Whether it is the generator's turn: then running statistics of its batch normalisation move along. */
  readonly follow: boolean;
  readonly shown?: tf.Tensor2D;
  /** How products of the input are taken. */
  readonly product?: Operations['product'];
}

export function generate(
  { generator }: Adversaries,
  input: tf.Tensor2D,
  { random, follow, shown, product }: Making,
): Generated {
  return { pass: forward(generator, input, { random, follow }, product), shown };
}

/** What the discriminator sees, `[batch, items]`. */
export function fakesOf({ pass, shown }: Generated): tf.Tensor2D {
  const output = outputOf(pass);
  return shown === undefined ? output : operations().times(output, shown);
}
