/** The generator's part: what it wants of its own output, and how it moves. */
import * as tf from '@tensorflow/tfjs-core';
import type { RandomStream } from '../../random-stream.ts';
import { type Adversaries, fakesOf, type Generated } from './adversaries.ts';
import { move, withL2 } from './descent.ts';
import { generatorLoss } from './losses.ts';
import { operations } from './operations.ts';
import { forward, inputGradient, outputOf, releaseWeights, weightGradients } from './passes.ts';
import { tidied } from './scope.ts';

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
  const pass = forward(discriminator, tf.concat2d([condition, fakes], 1), { random, follow: false });
  const logits = outputOf(pass).dataSync<'float32'>();
  const { value, gradient } = generatorLoss(rules.loss, rules.generatorLoss, logits);
  const inLogits = tf.tensor2d(gradient, [logits.length, 1]);
  const inFakes = inputGradient(discriminator, pass, inLogits, condition.shape[1]);
  return { value, gradient: generated.shown === undefined ? inFakes : operations().times(inFakes, generated.shown) };
}
