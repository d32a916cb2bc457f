/** One step of the game, whatever the models: one update of the generator, and what the discriminator does before it. */
import * as tf from '@tensorflow/tfjs-core';
import {
  type Adversaries,
  fakesOf,
  type Generated,
  type Half,
  type Judgement,
  judge,
  type Penalty,
  trainDiscriminator,
  trainGenerator,
} from './adversaries.ts';

/** A batch of users (or items) and what the generator makes for them. */
export interface Draw {
  /** `[batch, condition]`: what both players know of them. */
  readonly condition: tf.Tensor2D;
  /** `[batch, items]` */
  readonly real: tf.Tensor2D;
  readonly generated: Generated;
  /** Of the generator; asked for when it is about to move. */
  readonly penalty?: () => Penalty;
}

export interface Schedule {
  /**
   * How the discriminator learns from the two halves of a batch: both in one update, the real half and then the fake
   * half in an update each, or not at all: it is asked all the same.
   */
  readonly discriminator: 'together' | 'apart' | 'frozen';
  /** Under wgan: updates of the critic, each on a fresh draw, before the generator's, which is on another one. */
  readonly criticSteps: number;
}

/**
 * One step. Its series:
 *
 * - vanilla: `d_loss`, half the sum of both halves' cross-entropies; `d_accuracy`, the mean of both; `g_loss`;
 * - wgan: `d_loss` = E[D(fake)] − E[D(real)] at the last critic update; `critic_gap`, the same with the other sign, the
 *   critic's estimate of the distance; `g_loss`. A critic tells no real from fake, so it has no accuracy.
 *
 * All are from before the update they led to. `g_loss` holds the penalty, where there is one, and `g_penalty` is it.
 *
 * @param draw called within a tidy.
 */
export function adversarialStep(players: Adversaries, draw: () => Draw, schedule: Schedule): Record<string, number> {
  if (players.loss === 'vanilla')
    return tf.tidy(() => {
      const drawn = draw();
      return { ...discriminatorSeries(teach(players, drawn, schedule)), ...generatorSeries(players, drawn) };
    });
  let halves: Judgement[] = [];
  for (let i = 0; i < schedule.criticSteps; i++) halves = tf.tidy(() => teach(players, draw(), schedule));
  return { ...criticSeries(halves), ...tf.tidy(() => generatorSeries(players, draw())) };
}

/** @returns the judgement on the real half, then on the fake half. */
function teach(players: Adversaries, drawn: Draw, { discriminator }: Schedule): Judgement[] {
  const { condition } = drawn;
  const halves: readonly Half[] = [
    { items: drawn.real, target: 'real' },
    { items: fakesOf(drawn.generated), target: 'fake' },
  ];
  switch (discriminator) {
    case 'together':
      return trainDiscriminator(players, condition, halves);
    case 'apart':
      return halves.flatMap((half) => trainDiscriminator(players, condition, [half]));
    case 'frozen':
      return halves.map((half) => judge(players, condition, half));
  }
}

function discriminatorSeries(halves: readonly Judgement[]): Record<string, number> {
  return { d_loss: sum(halves, 'loss') / 2, d_accuracy: sum(halves, 'accuracy') / 2 };
}

function criticSeries(halves: readonly Judgement[]): Record<string, number> {
  const loss = sum(halves, 'loss');
  return { d_loss: loss, critic_gap: -loss };
}

function generatorSeries(players: Adversaries, drawn: Draw): Record<string, number> {
  const penalty = drawn.penalty?.();
  const adversarial = trainGenerator(players, drawn.condition, drawn.generated, penalty);
  return penalty === undefined
    ? { g_loss: adversarial }
    : { g_loss: adversarial + penalty.value, g_penalty: penalty.value };
}

function sum(halves: readonly Judgement[], key: keyof Judgement): number {
  return halves.reduce((total, half) => total + half[key], 0);
}
