/**
 * Two networks against each other: who is judged, who moves, and by which loss. Each update computes its gradients in a
 * tidy of its own and moves the variables after it, when nothing shares their memory any more.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { RandomStream } from '../../random-stream.ts';
import {
  type DenseNetwork,
  disposeNetwork,
  forward,
  inputGradient,
  outputOf,
  type Pass,
  releaseWeights,
  variablesOf,
  weightGradients,
} from './dense.ts';
import { gradientPenalty } from './gradient-penalty.ts';
import { accuracyOf, generatorLoss, lossOf, type Target } from './losses.ts';
import { clipVariables, type Optimiser } from './optimisers.ts';
import { optimiserOf, type Rules } from './rules.ts';
import { tidied } from './scope.ts';

export interface Adversaries {
  /** Its output, `[batch, items]`, is what the discriminator judges. */
  readonly generator: DenseNetwork;
  /** `[batch, condition + items]` → one logit; no sigmoid, also under vanilla: the loss has it. */
  readonly discriminator: DenseNetwork;
  readonly generatorOptimiser: Optimiser;
  readonly discriminatorOptimiser: Optimiser;
  readonly rules: Rules;
}

/** Vectors to be judged, `[batch, items]`, and what the discriminator should take them for. */
export interface Half {
  readonly items: tf.Tensor2D;
  readonly target: Target;
}

/** The discriminator's opinion of one half, before it learned from it. */
export type Judgement = { readonly loss: number; readonly accuracy: number };

/** What it thought of each half, and under wgan-gp the penalty it paid. */
export interface Lesson {
  readonly judgements: readonly Judgement[];
  readonly penalty?: number;
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

/** Nobody moves. @param condition `[batch, condition]`. */
export function judge(
  players: Adversaries,
  condition: tf.Tensor2D,
  halves: readonly Half[],
  random: RandomStream,
): Lesson {
  return tidied(() => ({ judgements: examine(players, condition, halves, random).judgements }));
}

/**
 * Moves the discriminator alone, once, down the sum of the halves' losses, its L2 term, and under wgan-gp the gradient
 * penalty, for which there must be a real and a fake half.
 *
 * @param random of dropout, and of where between real and fake the penalty looks.
 */
export function trainDiscriminator(
  players: Adversaries,
  condition: tf.Tensor2D,
  halves: readonly Half[],
  random: RandomStream,
): Lesson {
  const { discriminator, discriminatorOptimiser, rules } = players;
  const { gradients, ...lesson } = tidied((): Lesson & { readonly gradients: readonly tf.Tensor[] } => {
    const { pass, gradient, judgements } = examine(players, condition, halves, random);
    const own = weightGradients(discriminator, pass, gradient);
    if (rules.loss !== 'wgan-gp') return { judgements, gradients: withL2(discriminator, own, rules.discriminatorL2) };
    const penalty = penaltyBetween(players, condition, halves, random);
    const sum = own.map((tensor, i) => plus(tensor, penalty.gradients[i]));
    return { judgements, penalty: penalty.value, gradients: withL2(discriminator, sum, rules.discriminatorL2) };
  });
  move(discriminatorOptimiser, gradients);
  if (rules.loss === 'wgan') clipVariables(variablesOf(discriminator), rules.clip);
  return lesson;
}

/** What the generator made, and what of it is shown to the discriminator. */
export interface Generated {
  readonly pass: Pass;
  /** `[batch, items]`, 0 or 1: entries that are shown; the others are 0 to the discriminator. */
  readonly shown: tf.Tensor2D | undefined;
}

export function generate(
  players: Adversaries,
  input: tf.Tensor2D,
  random: RandomStream,
  shown?: tf.Tensor2D,
): Generated {
  return { pass: forward(players.generator, input, random), shown };
}

/** What the discriminator sees, `[batch, items]`. */
export function fakesOf({ pass, shown }: Generated): tf.Tensor2D {
  const output = outputOf(pass);
  return shown === undefined ? output : tf.mul(output, shown);
}

/** A term of the generator's loss in its own output, beside the adversarial one. */
export interface Term {
  readonly value: number;
  /** `[batch, items]` */
  readonly gradient: tf.Tensor2D;
}

/** A term of the generator's loss, in its output. */
export interface Term {
  readonly value: number;
  /** `[batch, items]` */
  readonly gradient: tf.Tensor2D;
}

/**
 * Moves the generator alone, once, down the sum of the terms and its L2 term. The weights that `generated` was made with
 * are released.
 *
 * @param terms of its output, called within a tidy.
 * @returns the values of the terms before.
 */
export function trainGenerator(
  { generator, generatorOptimiser, rules }: Adversaries,
  { pass }: Generated,
  terms: readonly ((output: tf.Tensor2D) => Term)[],
): readonly number[] {
  const { gradients, values } = tidied(() => {
    const computed = terms.map((term) => term(outputOf(pass)));
    const inOutput = tf.addN(computed.map(({ gradient }) => gradient)) as tf.Tensor2D;
    const own = weightGradients(generator, pass, inOutput);
    return { gradients: withL2(generator, own, rules.generatorL2), values: computed.map(({ value }) => value) };
  });
  releaseWeights(pass);
  move(generatorOptimiser, gradients);
  return values;
}

/** That the fakes look real to the discriminator, which does not move. */
export function adversarialTerm(
  { discriminator, rules }: Adversaries,
  condition: tf.Tensor2D,
  generated: Generated,
  random: RandomStream,
): Term {
  const fakes = fakesOf(generated);
  const pass = forward(discriminator, tf.concat2d([condition, fakes], 1), random);
  const logits = outputOf(pass).dataSync<'float32'>();
  const { value, gradient } = generatorLoss(rules.loss, rules.generatorLoss, logits);
  const whole = inputGradient(discriminator, pass, tf.tensor2d(gradient, [logits.length, 1]));
  const inFakes = tf.slice2d(whole, [0, condition.shape[1]], fakes.shape);
  return { value, gradient: generated.shown === undefined ? inFakes : tf.mul(inFakes, generated.shown) };
}

interface Examined {
  readonly pass: Pass;
  readonly judgements: readonly Judgement[];
  /** `[rows of all halves, 1]`: of the sum of the halves' losses, in the logits. */
  readonly gradient: tf.Tensor2D;
}

/** All halves in one pass, one below the other. */
function examine(
  { discriminator, rules }: Adversaries,
  condition: tf.Tensor2D,
  halves: readonly Half[],
  random: RandomStream,
): Examined {
  const judged = halves.map(({ items }) => tf.concat2d([condition, items], 1));
  const pass = forward(
    discriminator,
    judged.length === 1 ? (judged[0] as tf.Tensor2D) : tf.concat2d(judged, 0),
    random,
  );
  const logits = outputOf(pass).dataSync<'float32'>();
  const [batch] = condition.shape;
  const gradient = new Float32Array(logits.length);
  const judgements = halves.map(({ target }, i): Judgement => {
    const own = logits.subarray(i * batch, (i + 1) * batch);
    const loss = lossOf[rules.loss](own, target);
    gradient.set(loss.gradient, i * batch);
    return { loss: loss.value, accuracy: accuracyOf(own, target) };
  });
  return { pass, judgements, gradient: tf.tensor2d(gradient, [logits.length, 1]) };
}

/** x̂ = real + u (fake − real), u uniform for each row, under the same condition. */
function penaltyBetween(
  { discriminator, rules }: Adversaries,
  condition: tf.Tensor2D,
  halves: readonly Half[],
  random: RandomStream,
) {
  const of = (wanted: Target) => halves.find(({ target }) => target === wanted)?.items;
  const [real, fake] = [of('real'), of('fake')];
  if (real === undefined || fake === undefined) throw new Error('a gradient penalty lies between real and fake');
  const [batch] = real.shape;
  const u = tf.tensor2d(
    Float32Array.from({ length: batch }, () => random.uniform()),
    [batch, 1],
  );
  const between = tf.add<tf.Tensor2D>(real, tf.mul(u, tf.sub(fake, real)));
  const pass = forward(discriminator, tf.concat2d([condition, between], 1), random);
  return gradientPenalty(discriminator, pass, condition.shape[1], rules.penalty);
}

/** The gradient of λ · Σ ½ ‖θ‖² is λ θ. */
function withL2(network: DenseNetwork, gradients: readonly tf.Tensor[], l2: number): readonly tf.Tensor[] {
  if (l2 === 0) return gradients;
  return variablesOf(network).map((variable, i) =>
    tf.tidy(() => tf.add(gradients[i] as tf.Tensor, tf.mul(variable.read(), l2))),
  );
}

function plus(a: tf.Tensor, b: tf.Tensor | undefined): tf.Tensor {
  return b === undefined ? a : tf.add(a, b);
}

function move(optimiser: Optimiser, gradients: readonly tf.Tensor[]): void {
  optimiser.apply(gradients);
  tf.dispose([...gradients]);
}
