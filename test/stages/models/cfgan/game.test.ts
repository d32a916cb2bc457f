import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Interactions, interactionsOf } from '../../../../stages/datasets/interactions.ts';
import { evaluateRandom, evaluateScorer } from '../../../../stages/metrics/evaluate-scorer.ts';
import { createCfganGame, zeroReconstruction } from '../../../../stages/models/cfgan/game.ts';
import { parameterCount } from '../../../../stages/models/network/dense.ts';
import { stream } from '../../../../stages/random-stream.ts';
import { finiteDifference, openCpu } from '../network/cpu.ts';

beforeAll(openCpu);

const params = {
  name: 'cfgan',
  orientation: 'user',
  loss: 'vanilla',
  learning_rate: 0.01,
  batch_size: 16,
  hidden: 12,
  discriminator_hidden: 8,
  activation: 'sigmoid',
  output: 'linear',
  alpha: 0.1,
  zero_reconstruction: 0.5,
  partial_masking: 0.5,
  critic_steps: 2,
  clip: 0.01,
};

/** Two kinds of users and of items: each user likes about half of one kind's items, some of which are held out. */
function twoTastes(): { train: Interactions; held: Interactions } {
  const shape = { users: 40, items: 24 };
  const random = stream(7, 'tastes');
  const liked = Array.from({ length: shape.users * shape.items }, (_, i) => i)
    .map((i) => ({ user: Math.floor(i / shape.items), item: i % shape.items, value: 1 }))
    .filter(({ user, item }) => user % 2 === item % 2 && random.uniform() < 0.6);
  const split = liked.map((entry) => ({ entry, train: random.uniform() < 0.7 }));
  const part = (train: boolean) => split.filter((s) => s.train === train).map((s) => s.entry);
  return { train: interactionsOf(part(true), shape), held: interactionsOf(part(false), shape) };
}

test('parameters: the authors’ item-based networks on their MovieLens 100K split', () => {
  const train = interactionsOf([], { users: 943, items: 1653 });
  const game = createCfganGame(
    train,
    { ...params, orientation: 'item', hidden: 400, discriminator_hidden: 125, batch_size: 1 },
    1,
  );
  expect(parameterCount(game.generator)).toBe(755_743);
  expect(parameterCount(game.discriminator)).toBe(236_001);
  game.dispose();
});

describe.each(['user', 'item'])('%s-based', (orientation) => {
  test('learns whose taste is whose: far better than chance on what was held out', async () => {
    const { train, held } = twoTastes();
    const game = createCfganGame(train, { ...params, orientation }, 1);
    for (let i = 0; i < 150; i++) game.step();
    const protocol = { truth: held, seen: train, candidates: train.items, cutoffs: [5] };
    const { means } = await evaluateScorer(game.scorer(), protocol);
    expect(means['ndcg@5']).toBeGreaterThan(1.5 * (evaluateRandom(protocol).means['ndcg@5'] as number));
    game.dispose();
  });

  test('a user’s scores are the same whoever else is asked for', async () => {
    const { train } = twoTastes();
    const game = createCfganGame(train, { ...params, orientation }, 1);
    const scorer = game.scorer();
    const both = await scorer.scores(Int32Array.of(3, 17));
    expect(both).toHaveLength(2 * train.items);
    expect(await scorer.scores(Int32Array.of(17))).toEqual(both.slice(train.items));
    game.dispose();
  });
});

test.each(['vanilla', 'wgan'])('leaves no tensor behind, in steps or at the end: %s', async (loss) => {
  const { train } = twoTastes();
  const before = tf.memory().numTensors;
  const game = createCfganGame(train, { ...params, loss }, 1);
  game.step();
  const { numTensors } = tf.memory();
  for (let i = 0; i < 5; i++) game.step();
  await game.scorer().scores(Int32Array.of(0));
  expect(tf.memory().numTensors).toBe(numTensors);
  game.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test('zero reconstruction: its gradient agrees with finite differences', () => {
  const chosen = tf.tensor2d([1, 0, 1, 1, 1, 0], [2, 3]);
  const output = tf.variable(tf.tensor2d([0.5, 2, -1, 0.1, 0, 3], [2, 3]));
  const { value, gradient } = zeroReconstruction(output, chosen, 0.3);
  expect(value).toBeCloseTo((0.3 / 2) * (0.25 + 1 + 0.01), 6);
  gradient.dataSync<'float32'>().forEach((own, index) => {
    const difference = finiteDifference(output, index, () => zeroReconstruction(output, chosen, 0.3).value);
    expect(own).toBeCloseTo(difference, 4);
  });
});

test('a param out of range is named', () => {
  const { train } = twoTastes();
  const create = (changed: object) => () => createCfganGame(train, { ...params, ...changed }, 1);
  expect(create({ hidden: 0 })).toThrow('model.hidden: 0 is not a whole number from 1');
  expect(create({ partial_masking: 70 })).toThrow('model.partial_masking: 70 is not a number from 0 to 1');
  expect(create({ loss: 'wgan-gp' })).toThrow('model.loss: "wgan-gp" is none of vanilla, wgan');
});
