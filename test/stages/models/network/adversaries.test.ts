import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { adversarialStep, type Draw } from '../../../../stages/models/network/adversarial-step.ts';
import {
  type Adversaries,
  createAdversaries,
  fakesOf,
  generate,
} from '../../../../stages/models/network/adversaries.ts';
import { createNetwork, glorotUniform, namedVariables, variablesOf } from '../../../../stages/models/network/dense.ts';
import { judge, trainDiscriminator } from '../../../../stages/models/network/discriminator.ts';
import { adversarialTerm, type Term, trainGenerator } from '../../../../stages/models/network/generator.ts';
import {
  generatorLoss,
  generatorLossNames,
  type LossName,
  lossNames,
} from '../../../../stages/models/network/losses.ts';
import type { Optimiser } from '../../../../stages/models/network/optimisers.ts';
import { forward, outputOf } from '../../../../stages/models/network/passes.ts';
import type { Rules } from '../../../../stages/models/network/rules.ts';
import { stream } from '../../../../stages/random-stream.ts';
import { finiteDifference, openCpu, snapshot } from './cpu.ts';

// Before the tensors below are made.
await openCpu();

const rules: Rules = {
  loss: 'vanilla',
  generatorLoss: 'non-saturating',
  generatorLearningRate: 0.1,
  discriminatorLearningRate: 0.1,
  beta1: 0.5,
  beta2: 0.999,
  generatorL2: 1.5,
  discriminatorL2: 2.5,
  clip: 0.05,
  penalty: 10,
};
const schedule = { discriminator: 'together', criticSteps: 3 } as const;
const { normal } = stream(1, 'test');
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
/** Always the same numbers: where the gradient penalty looks. */
const random = () => stream(1, 'penalty');

function setUp(changed: Partial<Rules>): Adversaries {
  const generator = createNetwork(
    { sizes: [2, 3, 4], hidden: 'sigmoid', output: 'linear' },
    glorotUniform(stream(1, 'g')),
  );
  const discriminator = createNetwork(
    { sizes: [6, 3, 1], hidden: 'sigmoid', output: 'linear' },
    glorotUniform(stream(1, 'd')),
  );
  return createAdversaries({ generator, discriminator }, { ...rules, ...changed });
}

const made = (players: Adversaries) => generate(players, condition, { random: random(), follow: true, shown });

const drawFor = (players: Adversaries) => (): Draw => ({
  condition,
  real,
  generated: made(players),
});

const step = (players: Adversaries, changed: object = {}) =>
  adversarialStep(players, drawFor(players), { ...schedule, ...changed }, random());

/** Notes gradients and moves nothing. */
function still(): Optimiser & { gradients: number[][] } {
  return {
    gradients: [],
    moments: [],
    updates: 0,
    apply(given) {
      this.gradients = given.map((gradient) => Array.from(gradient.dataSync()));
    },
    dispose() {},
  };
}

const squares = (players: Adversaries, of: 'generator' | 'discriminator') =>
  snapshot(variablesOf(players[of])).reduce((sum, value) => sum + (value * value) / 2, 0);

test.each(['generator', 'discriminator'] as const)('L2 adds its weight times each variable: %s', (which) => {
  const gradientsOf = (l2: Partial<Rules>) => {
    const players = setUp(l2);
    const watched = { ...players, generatorOptimiser: still(), discriminatorOptimiser: still() };
    step(watched);
    return { players, gradients: watched[`${which}Optimiser`].gradients.flat() };
  };
  const none = gradientsOf({ generatorL2: 0, discriminatorL2: 0 });
  const some = gradientsOf(which === 'generator' ? { discriminatorL2: 0 } : { generatorL2: 0 });
  const lambda = which === 'generator' ? rules.generatorL2 : rules.discriminatorL2;
  snapshot(variablesOf(some.players[which])).forEach((value, i) => {
    expect((some.gradients[i] as number) - (none.gradients[i] as number)).toBeCloseTo(lambda * value, 5);
  });
});

test('under batch normalisation each half is judged by itself, as the generator’s fakes are', () => {
  const { generator, ...others } = setUp({ discriminatorL2: 0 });
  const architecture = { sizes: [6, 3, 1], hidden: 'tanh', output: 'linear', batchNorm: true } as const;
  const discriminator = createNetwork(architecture, glorotUniform(stream(1, 'd')));
  const players = createAdversaries({ generator, discriminator }, others.rules);
  const fakes = { items: fakesOf(made(players)), target: 'fake' } as const;
  const both = judge(players, condition, [{ items: real, target: 'real' }, fakes], random()).judgements;
  expect(both[1]).toEqual(judge(players, condition, [fakes], random()).judgements[0]);
  const before = snapshot(Object.values(namedVariables(discriminator)));
  adversarialTerm(players, condition, made(players), random());
  expect(snapshot(Object.values(namedVariables(discriminator)))).toEqual(before);
});

describe.each(lossNames)('%s', (loss) => {
  test('the discriminator learns before the generator moves, the generator after, each alone', () => {
    const players = setUp({ loss });
    const seen: [string, string][] = [];
    const state = () =>
      [snapshot(variablesOf(players.discriminator)), snapshot(variablesOf(players.generator))].map(String);
    const watched = (name: string, optimiser: Optimiser): Optimiser => ({
      ...optimiser,
      apply(gradients) {
        const before = state();
        optimiser.apply(gradients);
        const after = state();
        seen.push([name, `${before[0] !== after[0]} ${before[1] !== after[1]}`]);
      },
    });
    step({
      ...players,
      discriminatorOptimiser: watched('D', players.discriminatorOptimiser),
      generatorOptimiser: watched('G', players.generatorOptimiser),
    });
    const [moved, other] = ['true false', 'false true'];
    expect(seen).toEqual([...Array(loss === 'vanilla' ? 1 : 3).fill(['D', moved]), ['G', other]]);
  });

  test('a frozen discriminator keeps its bits; its opinion is reported all the same', () => {
    const players = setUp({ loss });
    const before = snapshot(variablesOf(players.discriminator));
    const generatorBefore = snapshot(variablesOf(players.generator));
    const series = step(players, { discriminator: 'frozen' });
    expect(snapshot(variablesOf(players.discriminator))).toEqual(before);
    expect(snapshot(variablesOf(players.generator))).not.toEqual(generatorBefore);
    expect(series[loss === 'vanilla' ? 'd_accuracy' : 'critic_gap']).toBeTypeOf('number');
  });

  test('the gradient the discriminator gets is that of its whole loss: both halves, penalty, L2', () => {
    const discriminatorOptimiser = still();
    // Clipping would move what stands still.
    const players = { ...setUp({ loss, clip: 1e9 }), discriminatorOptimiser };
    const fakes = tf.keep(fakesOf(made(players)));
    const halves = [
      { items: real, target: 'real' },
      { items: fakes, target: 'fake' },
    ] as const;
    const whole = () => {
      const { judgements, penalty = 0 } = trainDiscriminator(
        { ...players, discriminatorOptimiser: still() },
        condition,
        halves,
        random(),
      );
      return (
        judgements.reduce((sum, judgement) => sum + judgement.loss, penalty) +
        rules.discriminatorL2 * squares(players, 'discriminator')
      );
    };
    trainDiscriminator(players, condition, halves, random());
    expectGradients(players.discriminator, discriminatorOptimiser.gradients, whole);
  });

  test.each(generatorLossNames)(
    'the gradient the generator gets is that of its whole loss, mask, penalty and L2 included: %s',
    (form) => {
      const generatorOptimiser = still();
      const players = { ...setUp({ loss, generatorLoss: form }), generatorOptimiser };
      const chosen = tf.sub<tf.Tensor2D>(1, shown);
      const penalty = (output: tf.Tensor2D): Term => {
        const zeroed = tf.mul<tf.Tensor2D>(output, chosen);
        return { value: scalar(tf.sum(tf.square(zeroed))), gradient: tf.mul(zeroed, 2) };
      };
      const generated = made(players);
      trainGenerator(players, generated, [() => adversarialTerm(players, condition, generated, random()), penalty]);
      const whole = () => {
        const again = made(players);
        const logits = outputOf(forward(players.discriminator, tf.concat2d([condition, fakesOf(again)], 1)));
        const { value } = generatorLoss(loss, form, logits.dataSync<'float32'>());
        return value + penalty(outputOf(again.pass)).value + rules.generatorL2 * squares(players, 'generator');
      };
      expectGradients(players.generator, generatorOptimiser.gradients, whole);
    },
  );

  test('no tensor is left behind by a step', () => {
    const players = setUp({ loss });
    step(players);
    const { numTensors } = tf.memory();
    for (let i = 0; i < 3; i++) step(players);
    expect(tf.memory().numTensors).toBe(numTensors);
  });
});

function expectGradients(network: Adversaries['generator'], gradients: readonly number[][], whole: () => number): void {
  expect(gradients).toHaveLength(variablesOf(network).length);
  variablesOf(network).forEach((variable, i) => {
    gradients[i]?.forEach((value, index) => {
      expect(value).toBeCloseTo(finiteDifference(variable, index, whole, 2e-3), 1);
    });
  });
}

test('the critic is clipped after each of its updates; no other is', () => {
  const largest = (loss: LossName) => {
    const players = setUp({ loss });
    step(players);
    return Math.max(...snapshot(variablesOf(players.discriminator)).map(Math.abs));
  };
  expect(largest('wgan')).toBe(Math.fround(rules.clip));
  expect(largest('vanilla')).toBeGreaterThan(rules.clip);
  expect(largest('wgan-gp')).toBeGreaterThan(rules.clip);
});

test('vanilla reports accuracy, critics their gap and no accuracy, wgan-gp its penalty', () => {
  const seriesOf = (loss: LossName) => Object.keys(step(setUp({ loss })));
  expect(seriesOf('vanilla')).toEqual(['d_loss', 'd_accuracy', 'g_loss']);
  expect(seriesOf('wgan')).toEqual(['d_loss', 'critic_gap', 'g_loss']);
  expect(seriesOf('wgan-gp')).toEqual(['d_loss', 'critic_gap', 'd_penalty', 'g_loss']);
});

test('apart, the fake half is judged by a discriminator that has learned from the real half', () => {
  const players = setUp({});
  const judged = (items: tf.Tensor2D, target: 'real' | 'fake') =>
    judge(players, condition, [{ items, target }], random()).judgements[0]?.loss as number;
  const before = judged(fakesOf(made(players)), 'fake');
  const realBefore = judged(real, 'real');
  const { d_loss } = step(players, { discriminator: 'apart' });
  expect(2 * (d_loss as number) - realBefore).not.toBeCloseTo(before, 3);
  const series = step(setUp({}));
  expect(2 * (series.d_loss as number) - realBefore).toBeCloseTo(before, 5);
});

function scalar(of: tf.Tensor): number {
  return of.dataSync<'float32'>()[0] as number;
}
