/** Two networks against each other: who is judged, who moves, and by which loss. The caller's tidy frees temporaries. */
import * as tf from '@tensorflow/tfjs-core';
import {
  type Activations,
  type DenseNetwork,
  disposeNetwork,
  forward,
  inputGradient,
  outputOf,
  variablesOf,
  weightGradients,
} from './dense.ts';
import { accuracyOf, type LossName, lossOf, type Target } from './losses.ts';
import { adam, clipVariables, type Optimiser, rmsProp } from './optimisers.ts';

export interface Adversaries {
  /** Its output, `[batch, items]`, is what the discriminator judges. */
  readonly generator: DenseNetwork;
  /** `[batch, condition + items]` → one logit; no sigmoid, also under vanilla: the loss has it. */
  readonly discriminator: DenseNetwork;
  readonly generatorOptimiser: Optimiser;
  readonly discriminatorOptimiser: Optimiser;
  readonly loss: LossName;
  /** After each of its updates the critic's variables are clipped to ±clip; wgan only. */
  readonly clip: number;
}

/** Vectors to be judged, `[batch, items]`, and what the discriminator should take them for. */
export interface Half {
  readonly items: tf.Tensor2D;
  readonly target: Target;
}

/** The discriminator's opinion of one half, before it learned from it. */
export type Judgement = { readonly loss: number; readonly accuracy: number };

/** vanilla: Adam (β1 .5); wgan: RMSProp and clipping, as its authors found momentum to make the critic unstable. */
export function createAdversaries(
  networks: Pick<Adversaries, 'generator' | 'discriminator'>,
  options: { readonly loss: LossName; readonly learningRate: number; readonly clip: number },
): Adversaries {
  const { loss, learningRate, clip } = options;
  const optimiserOf = (network: DenseNetwork): Optimiser =>
    loss === 'wgan'
      ? rmsProp(variablesOf(network), { learningRate })
      : adam(variablesOf(network), { learningRate, beta1: 0.5 });
  return {
    ...networks,
    generatorOptimiser: optimiserOf(networks.generator),
    discriminatorOptimiser: optimiserOf(networks.discriminator),
    loss,
    clip,
  };
}

export function disposeAdversaries(players: Adversaries): void {
  disposeNetwork(players.generator);
  disposeNetwork(players.discriminator);
  players.generatorOptimiser.dispose();
  players.discriminatorOptimiser.dispose();
}

/** Nobody moves. @param condition `[batch, condition]`. */
export function judge(players: Adversaries, condition: tf.Tensor2D, { items, target }: Half): Judgement {
  return examine(players, condition, { items, target }).judgement;
}

/** Moves the discriminator alone, once, down the sum of the halves' losses. */
export function trainDiscriminator(players: Adversaries, condition: tf.Tensor2D, halves: readonly Half[]): Judgement[] {
  const { discriminator, discriminatorOptimiser, loss, clip } = players;
  const examined = halves.map((half) => examine(players, condition, half));
  const [first, ...others] = examined.map(({ activations, gradient }) =>
    weightGradients(discriminator, activations, gradient),
  );
  if (first === undefined) throw new Error('nothing to judge');
  discriminatorOptimiser.apply(
    first.map((gradient, i) => tf.addN([gradient, ...others.map((o) => o[i] as tf.Tensor)])),
  );
  if (loss === 'wgan') clipVariables(variablesOf(discriminator), clip);
  return examined.map(({ judgement }) => judgement);
}

/** What the generator made, and what of it is shown to the discriminator. */
export interface Generated {
  readonly activations: Activations;
  /** `[batch, items]`, 0 or 1: entries that are shown; the others are 0 to the discriminator. */
  readonly shown?: tf.Tensor2D;
}

export function generate(players: Adversaries, input: tf.Tensor2D, shown?: tf.Tensor2D): Generated {
  const activations = forward(players.generator, input);
  return shown === undefined ? { activations } : { activations, shown };
}

/** What the discriminator sees, `[batch, items]`. */
export function fakesOf({ activations, shown }: Generated): tf.Tensor2D {
  const output = outputOf(activations);
  return shown === undefined ? output : tf.mul(output, shown);
}

/** A term of the generator's loss in its own output, beside the adversarial one. */
export interface Penalty {
  readonly value: number;
  /** `[batch, items]` */
  readonly gradient: tf.Tensor2D;
}

/** Moves the generator alone, once, so that its fakes look real. @returns the adversarial loss before. */
export function trainGenerator(
  players: Adversaries,
  condition: tf.Tensor2D,
  generated: Generated,
  penalty?: Penalty,
): number {
  const { generator, discriminator, generatorOptimiser } = players;
  const fakes = fakesOf(generated);
  const { activations, gradient, judgement } = examine(players, condition, { items: fakes, target: 'real' });
  const whole = inputGradient(discriminator, activations, gradient);
  const inFakes = tf.slice2d(whole, [0, condition.shape[1]], fakes.shape);
  const inShown = generated.shown === undefined ? inFakes : tf.mul<tf.Tensor2D>(inFakes, generated.shown);
  const inOutput = penalty === undefined ? inShown : tf.add<tf.Tensor2D>(inShown, penalty.gradient);
  generatorOptimiser.apply(weightGradients(generator, generated.activations, inOutput));
  return judgement.loss;
}

interface Examined {
  readonly activations: Activations;
  readonly judgement: Judgement;
  /** `[batch, 1]`: of the loss, in the logits. */
  readonly gradient: tf.Tensor2D;
}

function examine({ discriminator, loss }: Adversaries, condition: tf.Tensor2D, { items, target }: Half): Examined {
  const activations = forward(discriminator, tf.concat2d([condition, items], 1));
  const logits = outputOf(activations).dataSync<'float32'>();
  const { value, gradient } = lossOf[loss](logits, target);
  return {
    activations,
    judgement: { loss: value, accuracy: accuracyOf(logits, target) },
    gradient: tf.tensor2d(gradient, [logits.length, 1]),
  };
}
