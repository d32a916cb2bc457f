import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { interactionsOf } from '../../../../stages/datasets/interactions.ts';
import type { ModelParams } from '../../../../stages/models/model.ts';
import { createNetwork, glorotUniform, parameterCount, variablesOf } from '../../../../stages/models/network/dense.ts';
import { discriminatorOf, generatorOf } from '../../../../stages/models/notebook-gan/architecture.ts';
import { createNotebookGame, notebookScorer } from '../../../../stages/models/notebook-gan/game.ts';
import { stream } from '../../../../stages/random-stream.ts';
import { defaultParams } from '../../../helpers/default-params.ts';
import { openCpu, snapshot } from '../network/cpu.ts';

beforeAll(openCpu);

const params = {
  ...(defaultParams().model as ModelParams),
  name: 'notebook-gan',
  learning_rate: 2e-4,
  batch_size: 4,
  latent_dim: 3,
  critic_steps: 2,
};
const nothing = async () => {};
const train = interactionsOf(
  Array.from({ length: 60 }, (_, i) => ({ user: i % 10, item: (i * 7) % 20, value: 1 })).filter(
    ({ user, item }, i, all) => all.findIndex((other) => other.user === user && other.item === item) === i,
  ),
  { users: 10, items: 20 },
);

test('parameters: those of the notebook on MovieLens 100K', () => {
  const count = (architecture: ReturnType<typeof generatorOf>) =>
    parameterCount(createNetwork(architecture, glorotUniform(stream(1, 'w'))));
  expect(count(generatorOf(10, 1682))).toBe(467_986);
  expect(count(discriminatorOf(10, 1682))).toBe(466_433);
});

test('a frozen discriminator keeps its bits over many steps, and its accuracy is still reported', async () => {
  const game = createNotebookGame(train, { ...params, discriminator: 'frozen' }, 1);
  const before = snapshot(variablesOf(game.discriminator));
  const generatorBefore = snapshot(variablesOf(game.generator));
  for (let i = 1; i <= 5; i++) expect((await game.step(i, nothing)).d_accuracy).toBeTypeOf('number');
  expect(snapshot(variablesOf(game.discriminator))).toEqual(before);
  expect(snapshot(variablesOf(game.generator))).not.toEqual(generatorBefore);
  game.dispose();
});

test('both players start from their seed and move', async () => {
  const weights = async (seed: number, steps: number) => {
    const game = createNotebookGame(train, params, seed);
    for (let i = 1; i <= steps; i++) await game.step(i, nothing);
    const values = [
      ...snapshot([...variablesOf(game.generator), ...variablesOf(game.discriminator)]),
      ...game.embeddings.values,
    ];
    game.dispose();
    return values;
  };
  expect(await weights(1, 3)).toEqual(await weights(1, 3));
  expect(await weights(1, 0)).not.toEqual(await weights(2, 0));
  expect(await weights(1, 1)).not.toEqual(await weights(1, 0));
});

test('scores: one draw of noise a user, named by its seed; without one, noise is at its mean', async () => {
  const game = createNotebookGame(train, params, 1);
  const scores = (noiseSeed: number | null, users: number[]) =>
    notebookScorer(game.generator, game.embeddings, noiseSeed, () => {}).scores(Int32Array.from(users));
  const all = await scores(1, [0, 1, 2]);
  expect(await scores(1, [2])).toEqual(all.slice(40));
  expect(await scores(2, [0, 1, 2])).not.toEqual(all);
  expect(await scores(null, [0, 1, 2])).not.toEqual(all);
  expect(await game.scorer().scores(Int32Array.of(1))).toEqual((await scores(null, [1])).slice());
  game.dispose();
});

test.each(['vanilla', 'wgan', 'wgan-gp'])('leaves no tensor behind, in steps or at the end: %s', async (loss) => {
  const before = tf.memory().numTensors;
  const game = createNotebookGame(train, { ...params, loss }, 1);
  await game.step(1, nothing);
  const { numTensors } = tf.memory();
  for (let i = 2; i <= 5; i++) await game.step(i, nothing);
  await game.scorer().scores(Int32Array.of(0));
  expect(tf.memory().numTensors).toBe(numTensors);
  game.dispose();
  expect(tf.memory().numTensors).toBe(before);
});
