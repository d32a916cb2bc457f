import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { adversarialStep, type Draw } from '../../../../stages/models/network/adversarial-step.ts';
import {
  type Adversaries,
  createAdversaries,
  fakesOf,
  generate,
  judge,
  type Penalty,
  trainGenerator,
} from '../../../../stages/models/network/adversaries.ts';
import {
  createNetwork,
  forward,
  glorotUniform,
  outputOf,
  variablesOf,
} from '../../../../stages/models/network/dense.ts';
import { type LossName, lossNames, lossOf } from '../../../../stages/models/network/losses.ts';
import type { Optimiser } from '../../../../stages/models/network/optimisers.ts';
import { stream } from '../../../../stages/random-stream.ts';
import { finiteDifference, openCpu, snapshot } from './cpu.ts';

// Before the tensors below are made.
await openCpu();

const clip = 0.05;
const schedule = { discriminator: 'together', criticSteps: 3 } as const;
const normal = stream(1, 'test').normal;
const tensor = (rows: number, columns: number) =>
  tf.tensor2d(
    Array.from({ length: rows * columns }, () => normal()),
    [rows, columns],
  );
const condition = tensor(5, 2);
const real = tensor(5, 4);
const shown = tf.tensor2d(
  Array.from({ length: 20 }, (_, i) => (i % 3 === 0 ? 0 : 1)),
  [5, 4],
);

function setUp(loss: LossName): Adversaries {
  const generator = createNetwork(
    { sizes: [2, 3, 4], hidden: 'sigmoid', output: 'linear' },
    glorotUniform(stream(1, 'g')),
  );
  const discriminator = createNetwork(
    { sizes: [6, 3, 1], hidden: 'sigmoid', output: 'linear' },
    glorotUniform(stream(1, 'd')),
  );
  return createAdversaries({ generator, discriminator }, { loss, learningRate: 0.1, clip });
}

const drawFor = (players: Adversaries) => (): Draw => ({
  condition,
  real,
  generated: generate(players, condition, shown),
});

describe.each(lossNames)('%s', (loss) => {
  test('the discriminator learns before the generator moves, the generator after, each alone', () => {
    const players = setUp(loss);
    const seen: [string, string][] = [];
    const state = () =>
      JSON.stringify([snapshot(variablesOf(players.discriminator)), snapshot(variablesOf(players.generator))]);
    const watched = (name: string, optimiser: Optimiser): Optimiser => ({
      apply(gradients) {
        const before = JSON.parse(state()) as [number[], number[]];
        optimiser.apply(gradients);
        const after = JSON.parse(state()) as [number[], number[]];
        seen.push([name, `${String(before[0]) !== String(after[0])} ${String(before[1]) !== String(after[1])}`]);
      },
      dispose: optimiser.dispose,
    });
    const watching = {
      ...players,
      discriminatorOptimiser: watched('D', players.discriminatorOptimiser),
      generatorOptimiser: watched('G', players.generatorOptimiser),
    };
    adversarialStep(watching, drawFor(watching), schedule);
    const [moved, other] = ['true false', 'false true'];
    expect(seen).toEqual([...Array(loss === 'wgan' ? 3 : 1).fill(['D', moved]), ['G', other]]);
  });

  test('a frozen discriminator keeps its bits; its opinion is reported all the same', () => {
    const players = setUp(loss);
    const before = snapshot(variablesOf(players.discriminator));
    const generatorBefore = snapshot(variablesOf(players.generator));
    const series = adversarialStep(players, drawFor(players), { ...schedule, discriminator: 'frozen' });
    expect(snapshot(variablesOf(players.discriminator))).toEqual(before);
    expect(snapshot(variablesOf(players.generator))).not.toEqual(generatorBefore);
    expect(series[loss === 'wgan' ? 'critic_gap' : 'd_accuracy']).toBeTypeOf('number');
  });

  test('the gradient the generator gets is that of its whole loss, mask and penalty included', () => {
    const players = setUp(loss);
    const chosen = tf.sub<tf.Tensor2D>(1, shown);
    const penaltyOf = (): Penalty => {
      const output = tf.mul<tf.Tensor2D>(outputOf(forward(players.generator, condition)), chosen);
      return { value: scalar(tf.sum(tf.square(output))), gradient: tf.mul(output, 2) };
    };
    let gradients: readonly tf.Tensor[] = [];
    const still: Optimiser = {
      apply: (given) => {
        gradients = given;
      },
      dispose() {},
    };
    trainGenerator(
      { ...players, generatorOptimiser: still },
      condition,
      generate(players, condition, shown),
      penaltyOf(),
    );
    const whole = () => {
      const fakes = fakesOf(generate(players, condition, shown));
      const logits = outputOf(forward(players.discriminator, tf.concat2d([condition, fakes], 1)));
      return lossOf[loss](logits.dataSync<'float32'>(), 'real').value + penaltyOf().value;
    };
    variablesOf(players.generator).forEach((variable, i) => {
      gradients[i]?.dataSync().forEach((value, index) => {
        expect(value).toBeCloseTo(finiteDifference(variable, index, whole), 2);
      });
    });
  });

  test('no tensor is left behind by a step', () => {
    const players = setUp(loss);
    adversarialStep(players, drawFor(players), schedule);
    const { numTensors } = tf.memory();
    for (let i = 0; i < 3; i++) adversarialStep(players, drawFor(players), schedule);
    expect(tf.memory().numTensors).toBe(numTensors);
  });
});

test('the critic is clipped after each of its updates; a discriminator is not', () => {
  const largest = (loss: LossName) => {
    const players = setUp(loss);
    adversarialStep(players, drawFor(players), schedule);
    return Math.max(...snapshot(variablesOf(players.discriminator)).map(Math.abs));
  };
  expect(largest('wgan')).toBe(Math.fround(clip));
  expect(largest('vanilla')).toBeGreaterThan(clip);
});

test('vanilla reports accuracy, wgan the gap and no accuracy', () => {
  const seriesOf = (loss: LossName) => Object.keys(adversarialStep(setUp(loss), drawFor(setUp(loss)), schedule));
  expect(seriesOf('vanilla')).toEqual(['d_loss', 'd_accuracy', 'g_loss']);
  expect(seriesOf('wgan')).toEqual(['d_loss', 'critic_gap', 'g_loss']);
});

test('apart, the fake half is judged by a discriminator that has learned from the real half', () => {
  const players = setUp('vanilla');
  const fakes = fakesOf(generate(players, condition, shown));
  const before = judge(players, condition, { items: fakes, target: 'fake' }).loss;
  const realBefore = judge(players, condition, { items: real, target: 'real' }).loss;
  const { d_loss } = adversarialStep(players, drawFor(players), { ...schedule, discriminator: 'apart' });
  expect(2 * (d_loss as number) - realBefore).not.toBeCloseTo(before, 3);
  const together = setUp('vanilla');
  const series = adversarialStep(together, drawFor(together), schedule);
  expect(2 * (series.d_loss as number) - realBefore).toBeCloseTo(before, 6);
});

function scalar(tensor: tf.Tensor): number {
  return tensor.dataSync<'float32'>()[0] as number;
}
