/** One step of the game, whatever the models: one update of the generator, and what the discriminator does before it. */
import type * as tf from '@tensorflow/tfjs-core';
import type { RandomStream } from '../../random-stream.ts';
import { type Adversaries, fakesOf, type Generated } from './adversaries.ts';
import { type Half, judge, type Lesson, trainDiscriminator } from './discriminator.ts';
import { adversarialTerm, type Term, trainGenerator } from './generator.ts';
import { isWasserstein, type LossName } from './losses.ts';
import { tidied } from './scope.ts';

/** A batch of users (or items) and what the generator makes for them. */
export interface Draw {
  /** `[batch, condition]`: what both players know of them. */
  readonly condition: tf.Tensor2D;
  /** `[batch, items]` */
  readonly real: tf.Tensor2D;
  readonly generated: Generated;
  /** Of the generator's loss, in its output. */
  readonly penalty?: ((output: tf.Tensor2D) => Term) | undefined;
}

export interface Schedule {
  /**
   * How the discriminator learns from the two halves of a batch: both in one update, the real half and then the fake
   * half in an update each, or not at all: it is asked all the same.
   */
  readonly discriminator: 'together' | 'apart' | 'frozen';
  /** Of a Wasserstein critic: updates, each on a fresh draw, before the generator's, which is on another one. */
  readonly criticSteps: number;
}

export type Series = Readonly<Record<string, number>>;

/**
 * One step: the series of {@link discriminatorStep} (of a critic those of its last update) and {@link generatorStep}. All
 * are from before the update they led to. Vanilla players learn from the same draw.
 *
 * @param draw called within a tidy, with whether it is the generator's turn to move.
 * @param random of dropout and gradient penalty.
 */
export function adversarialStep(
  players: Adversaries,
  draw: (generatorMoves: boolean) => Draw,
  schedule: Schedule,
  random: RandomStream,
): Series {
  if (!isWasserstein(players.rules.loss))
    return tidied(() => {
      const drawn = draw(true);
      return {
        ...discriminatorStep(players, drawn, schedule.discriminator, random),
        ...generatorStep(players, drawn, random),
      };
    });
  let critic: Series = {};
  for (let i = 0; i < schedule.criticSteps; i++)
    critic = tidied(() => discriminatorStep(players, draw(false), schedule.discriminator, random));
  return { ...critic, ...tidied(() => generatorStep(players, draw(true), random)) };
}

/**
 * The discriminator's turn. Series:
 *
 * - vanilla: `d_loss`, half the sum of both halves' cross-entropies; `d_accuracy`, the mean of both;
 * - wgan: `d_loss` = E[D(fake)] − E[D(real)]; `critic_gap`, the same with the other sign, the critic's estimate of the
 *   distance. A critic tells no real from fake, so it has no accuracy;
 * - wgan-gp: the same, and `d_penalty`, what the gradient penalty adds to its loss.
 */
export function discriminatorStep(
  players: Adversaries,
  { condition, real, generated }: Draw,
  manner: Schedule['discriminator'],
  random: RandomStream,
): Series {
  const halves: readonly Half[] = [
    { items: real, target: 'real' },
    { items: fakesOf(generated), target: 'fake' },
  ];
  switch (manner) {
    case 'together':
      return lessonSeries(players.rules.loss, trainDiscriminator(players, condition, halves, random));
    case 'apart': {
      const judgements = halves.flatMap((half) => trainDiscriminator(players, condition, [half], random).judgements);
      return lessonSeries(players.rules.loss, { judgements });
    }
    case 'frozen':
      return lessonSeries(players.rules.loss, judge(players, condition, halves, random));
  }
}

/** The generator's turn. Series: those of {@link generatorSeries}. */
export function generatorStep(players: Adversaries, drawn: Omit<Draw, 'real'>, random: RandomStream): Series {
  const { condition, generated, penalty } = drawn;
  const adversarial = () => adversarialTerm(players, condition, generated, random);
  return generatorSeries(trainGenerator(players, generated, penalty ? [adversarial, penalty] : [adversarial]));
}

/** `g_loss`, the penalty included where there is one, and `g_penalty`, which is it. */
export function generatorSeries([loss = Number.NaN, penalty]: readonly number[]): Series {
  return penalty === undefined ? { g_loss: loss } : { g_loss: loss + penalty, g_penalty: penalty };
}

function lessonSeries(loss: LossName, { judgements, penalty }: Lesson): Series {
  const total = judgements.reduce((sum, judgement) => sum + judgement.loss, 0);
  if (isWasserstein(loss))
    return { d_loss: total, critic_gap: -total, ...(penalty === undefined ? {} : { d_penalty: penalty }) };
  const accuracy = judgements.reduce((sum, judgement) => sum + judgement.accuracy, 0);
  return { d_loss: total / 2, d_accuracy: accuracy / 2 };
}
