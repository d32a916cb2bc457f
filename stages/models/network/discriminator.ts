/** The discriminator's part: what it thinks of real and generated vectors, and how it learns from them. */
import * as tf from '@tensorflow/tfjs-core';
import type { RandomStream } from '../../random-stream.ts';
import type { Adversaries } from './adversaries.ts';
import { variablesOf } from './dense.ts';
import { move, withL2 } from './descent.ts';
import { type GradientPenalty, gradientPenalty } from './gradient-penalty.ts';
import { accuracyOf, lossOf, type Target } from './losses.ts';
import { clipVariables } from './optimisers.ts';
import { forward, outputOf, type Pass, type Training, weightGradients } from './passes.ts';
import { tidied } from './scope.ts';

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

/** Nobody moves. @param condition `[batch, condition]`. */
export function judge(
  players: Adversaries,
  condition: tf.Tensor2D,
  halves: readonly Half[],
  random: RandomStream,
): Lesson {
  return tidied(() => {
    const examined = examine(players, condition, halves, { random, follow: false });
    return { judgements: examined.flatMap(({ judgements }) => judgements) };
  });
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
    const examined = examine(players, condition, halves, { random, follow: true });
    const penalty = rules.loss === 'wgan-gp' ? penaltyBetween(players, condition, halves, random) : undefined;
    const parts = examined.map(({ pass, gradient }) => weightGradients(discriminator, pass, gradient));
    const sum = summed(penalty === undefined ? parts : [...parts, penalty.gradients]);
    return {
      judgements: examined.flatMap(({ judgements }) => judgements),
      ...(penalty === undefined ? {} : { penalty: penalty.value }),
      gradients: withL2(discriminator, sum, rules.discriminatorL2),
    };
  });
  move(discriminatorOptimiser, gradients);
  if (rules.loss === 'wgan') clipVariables(variablesOf(discriminator), rules.clip);
  return lesson;
}

interface Examined {
  readonly pass: Pass;
  readonly judgements: readonly Judgement[];
  /** `[rows of its halves, 1]`: of the sum of their losses, in the logits. */
  readonly gradient: tf.Tensor2D;
}

/**
 * All halves in one pass, one below the other; under batch normalisation each in a pass of its own, as statistics of both
 * together would tell the one from the other, and the generator is judged by its fakes alone.
 */
function examine(
  { discriminator, rules }: Adversaries,
  condition: tf.Tensor2D,
  halves: readonly Half[],
  training: Training,
): readonly Examined[] {
  const normalised = discriminator.some(({ batchNorm }) => batchNorm !== undefined);
  const [batch] = condition.shape;
  return (normalised ? halves.map((half) => [half]) : [halves]).map((together) => {
    const judged = together.map(({ items }) => tf.concat2d([condition, items], 1));
    const pass = forward(
      discriminator,
      judged.length === 1 ? (judged[0] as tf.Tensor2D) : tf.concat2d(judged, 0),
      training,
    );
    const logits = outputOf(pass).dataSync<'float32'>();
    const gradient = new Float32Array(logits.length);
    const judgements = together.map(({ target }, i): Judgement => {
      const own = logits.subarray(i * batch, (i + 1) * batch);
      const loss = lossOf[rules.loss](own, target);
      gradient.set(loss.gradient, i * batch);
      return { loss: loss.value, accuracy: accuracyOf(own, target) };
    });
    return { pass, judgements, gradient: tf.tensor2d(gradient, [logits.length, 1]) };
  });
}

/** x̂ = real + u (fake − real), u uniform for each row, under the same condition. */
function penaltyBetween(
  { discriminator, rules }: Adversaries,
  condition: tf.Tensor2D,
  halves: readonly Half[],
  random: RandomStream,
): GradientPenalty {
  const of = (wanted: Target) => halves.find(({ target }) => target === wanted)?.items;
  const [real, fake] = [of('real'), of('fake')];
  if (real === undefined || fake === undefined) throw new Error('a gradient penalty lies between real and fake');
  const [batch] = real.shape;
  const u = tf.tensor2d(
    Float32Array.from({ length: batch }, () => random.uniform()),
    [batch, 1],
  );
  const between = tf.add<tf.Tensor2D>(real, tf.mul(u, tf.sub(fake, real)));
  const pass = forward(discriminator, tf.concat2d([condition, between], 1), { random, follow: false });
  return gradientPenalty(discriminator, pass, condition.shape[1], rules.penalty);
}

/** Variable by variable; what is undefined adds nothing. */
function summed([first = [], ...others]: readonly (readonly (tf.Tensor | undefined)[])[]): readonly tf.Tensor[] {
  return first.map((own, i) =>
    others.reduce((sum, part) => (part[i] === undefined ? sum : tf.add(sum, part[i])), own as tf.Tensor),
  );
}
