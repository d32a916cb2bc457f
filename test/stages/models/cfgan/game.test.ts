import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Interactions, interactionsOf } from '../../../../stages/datasets/interactions.ts';
import { evaluateRandom, evaluateScorer } from '../../../../stages/metrics/evaluate-scorer.ts';
import { createCfganGame } from '../../../../stages/models/cfgan/game.ts';
import { reconstruction, zeroReconstruction } from '../../../../stages/models/cfgan/reconstruction.ts';
import { cfganSettings } from '../../../../stages/models/cfgan/settings.ts';
import type { ModelParams } from '../../../../stages/models/model.ts';
import { parameterCount, variablesOf } from '../../../../stages/models/network/dense.ts';
import { criticSteps } from '../../../../stages/models/network/rules.ts';
import { captureState, restoreState } from '../../../../stages/models/network/state.ts';
import { createVariable } from '../../../../stages/models/network/variables.ts';
import { stream } from '../../../../stages/random-stream.ts';
import { openTensorFlow } from '../../../../stages/tensorflow.ts';
import { defaultParams } from '../../../helpers/default-params.ts';
import { finiteDifference, snapshot } from '../network/cpu.ts';

beforeAll(async () => {
  await openTensorFlow({ threads: 1 });
});

const params = {
  ...(defaultParams().model as ModelParams),
  learning_rate: 0.01,
  batch_size: 16,
  hidden: 12,
  activation: 'sigmoid',
  discriminator_hidden: 8,
  discriminator_activation: 'sigmoid',
  zero_reconstruction: 0.5,
  partial_masking: 0.5,
  critic_steps: 2,
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

const game = (changed: object = {}, seed = 1) => createCfganGame(twoTastes().train, { ...params, ...changed }, seed);

async function play(of: ReturnType<typeof game>, from: number, to: number) {
  let series: Readonly<Record<string, number>> = {};
  for (let round = from; round <= to; round++) series = await of.step(round, async () => {});
  return series;
}

const weightsOf = (of: ReturnType<typeof game>) =>
  snapshot([...variablesOf(of.generator), ...variablesOf(of.discriminator)]);

test('parameters: the authors’ item-based networks on their MovieLens 100K split', () => {
  const train = interactionsOf([], { users: 943, items: 1653 });
  const made = createCfganGame(train, { ...params, orientation: 'item', hidden: 400, discriminator_hidden: 125 }, 1);
  expect(parameterCount(made.generator)).toBe(755_743);
  expect(parameterCount(made.discriminator)).toBe(236_001);
  made.dispose();
});

describe.each([
  ['vanilla, user-based', { orientation: 'user' }],
  ['vanilla, item-based, in passes', { orientation: 'item', alternate: 'passes', generator_passes: 2 }],
  ['wgan', { loss: 'wgan', clip: 0.1 }],
  ['wgan-gp', { loss: 'wgan-gp', beta1: 0, beta2: 0.9, critic_steps: 5, discriminator_activation: 'relu' }],
  ['autoencoder', { loss: 'autoencoder' }],
  ['with dropout and batch normalisation', { dropout: 0.2, batch_norm: true, discriminator_dropout: 0.2 }],
])('%s', (_title, changed) => {
  test('learns whose taste is whose: far better than chance on what was held out', async () => {
    const { train, held } = twoTastes();
    const made = createCfganGame(train, { ...params, ...changed }, 1);
    await play(made, 1, 20);
    const protocol = { truth: held, seen: train, candidates: train.items, cutoffs: [5] };
    const { means } = await evaluateScorer(made.scorer(), protocol);
    expect(means['ndcg@5']).toBeGreaterThan(1.5 * (evaluateRandom(protocol).means['ndcg@5'] as number));
    made.dispose();
  });

  test('the same seed, the same bits; also when it goes on from what was captured', async () => {
    const [whole, again, resumed, other] = [game(changed), game(changed), game(changed), game(changed, 2)];
    await play(whole, 1, 4);
    await play(again, 1, 2);
    restoreState(resumed.moving, captureState(again.moving));
    await play(again, 3, 4);
    await play(resumed, 3, 4);
    await play(other, 1, 4);
    expect(weightsOf(again)).toEqual(weightsOf(whole));
    expect(weightsOf(resumed)).toEqual(weightsOf(whole));
    expect(captureState(resumed.moving)).toEqual(captureState(whole.moving));
    expect(weightsOf(other)).not.toEqual(weightsOf(whole));
    for (const each of [whole, again, resumed, other]) each.dispose();
  });

  test('leaves no tensor behind, in rounds or at the end', async () => {
    const { numTensors: before } = tf.memory();
    const made = game(changed);
    await play(made, 1, 1);
    await made.scorer().scores(Int32Array.of(0));
    const { numTensors } = tf.memory();
    await play(made, 2, 4);
    await made.scorer().scores(Int32Array.of(0));
    expect(tf.memory().numTensors).toBe(numTensors);
    made.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

test('who moves how often: in passes, in updates', async () => {
  // 40 rows: 3 batches of 16, the last of 8.
  const updates = async (changed: object) => {
    const made = game(changed);
    const { generator_updates, discriminator_updates } = await play(made, 1, 1);
    made.dispose();
    return [generator_updates, discriminator_updates];
  };
  const passes = { alternate: 'passes', generator_passes: 4, discriminator_passes: 2, discriminator_batch_size: 20 };
  expect(await updates(passes)).toEqual([12, 4]);
  expect(await updates({})).toEqual([3, 3]);
  expect(await updates({ loss: 'wgan' })).toEqual([3, 6]);
  expect(await updates({ loss: 'autoencoder' })).toEqual([3, 0]);
});

test('a critic’s published schedule: 100 updates before each of the first 25 of the generator’s and every 500th', () => {
  const published = cfganSettings({ ...params, loss: 'wgan', critic_schedule: 'published' }).round;
  expect([0, 24, 25, 499, 500, 501, 1000].map((moved) => criticSteps(published, moved))).toEqual([
    100, 100, 2, 2, 100, 2, 100,
  ]);
  expect(criticSteps(cfganSettings({ ...params, loss: 'wgan' }).round, 0)).toBe(2);
});

test('the autoencoder of the ablation leaves the discriminator as it was', async () => {
  const made = game({ loss: 'autoencoder' });
  const before = snapshot(variablesOf(made.discriminator));
  const series = await play(made, 1, 3);
  expect(Object.keys(series)).toEqual(['g_loss', 'g_penalty', 'generator_updates', 'discriminator_updates']);
  expect(snapshot(variablesOf(made.discriminator))).toEqual(before);
});

test.each(['user', 'item'])('%s-based: a user’s scores are the same whoever else is asked for', async (orientation) => {
  const made = game({ orientation });
  const scorer = made.scorer();
  const both = await scorer.scores(Int32Array.of(3, 17));
  expect(both).toHaveLength(2 * scorer.items);
  expect(await scorer.scores(Int32Array.of(17))).toEqual(both.slice(scorer.items));
  made.dispose();
});

test.each([
  ['zero reconstruction', (output: tf.Tensor2D, chosen: tf.Tensor2D) => zeroReconstruction(output, chosen, 0.3)],
  ['reconstruction', reconstruction],
])('%s: its gradient agrees with finite differences', (_title, term) => {
  const chosen = tf.tensor2d([1, 0, 1, 1, 1, 0], [2, 3]);
  const output = createVariable(Float32Array.of(0.5, 2, -1, 0.1, 0, 3), [2, 3]);
  const now = () => term(output.read() as tf.Tensor2D, chosen);
  now()
    .gradient.dataSync<'float32'>()
    .forEach((own, index) => {
      expect(own).toBeCloseTo(
        finiteDifference(output, index, () => now().value),
        3,
      );
    });
});

test('zero reconstruction is the mean over the batch of the sum of squares, times alpha', () => {
  const output = tf.tensor2d([0.5, 2, -1, 0.1, 0, 3], [2, 3]);
  const chosen = tf.tensor2d([1, 0, 1, 1, 1, 0], [2, 3]);
  expect(zeroReconstruction(output, chosen, 0.3).value).toBeCloseTo((0.3 / 2) * (0.25 + 1 + 0.01), 6);
});

test('a param out of range, or that goes with no other, is named', () => {
  const create = (changed: object) => () => game(changed);
  expect(create({ hidden: 0 })).toThrow('model.hidden: 0 is not a whole number from 1');
  expect(create({ partial_masking: 70 })).toThrow('model.partial_masking: 70 is not a number from 0 to 1');
  expect(create({ loss: 'wgp' })).toThrow('model.loss: "wgp" is none of vanilla, wgan, wgan-gp, autoencoder');
  expect(create({ loss: 'wgan-gp', discriminator_batch_norm: true })).toThrow(
    'model.discriminator_batch_norm: not under wgan-gp',
  );
  expect(create({ loss: 'wgan-gp', discriminator_dropout: 0.1 })).toThrow(
    'model.discriminator_dropout: not under wgan-gp',
  );
  expect(create({ negatives: 'shared', partial_masking: 0.2 })).toThrow('to be equal');
  expect(create({ dropout: 1 })).toThrow('model.dropout: 1 is not a number from 0 to 0.95');
});
