import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { interactionsOf } from '../../../../stages/datasets/interactions.ts';
import { drawNegatives } from '../../../../stages/models/cfgan/negatives.ts';
import { drawRound } from '../../../../stages/models/cfgan/round-draw.ts';
import { cfganSettings } from '../../../../stages/models/cfgan/settings.ts';
import type { ModelParams } from '../../../../stages/models/model.ts';
import { rulesOf } from '../../../../stages/models/network/rules.ts';
import { stream } from '../../../../stages/random-stream.ts';
import { defaultParams } from '../../../helpers/default-params.ts';
import { openCpu } from '../network/cpu.ts';

beforeAll(openCpu);

const rows = interactionsOf(
  Array.from({ length: 30 }, (_, i) => ({ user: i % 6, item: (i * 7) % 40, value: 1 })),
  { users: 6, items: 40 },
);
const all = Int32Array.from({ length: 6 }, (_, row) => row);
const model = defaultParams().model as ModelParams;
const shares = { zero_reconstruction: 0.4, partial_masking: 0.4 };

const draw = (negatives: 'separate' | 'shared', round = 1) =>
  drawRound(rows, cfganSettings({ ...model, ...shares, negatives }), (name) => stream(1, 'round', round, name));
const numbers = (tensor: tf.Tensor) => Array.from(tensor.dataSync());

test('the discriminator is shown the observed entries and those of partial masking, no other', () => {
  const round = draw('separate');
  const history = round.history(all);
  const masked = numbers(tf.sub(round.shown(all), history));
  expect(masked).toEqual(Array.from(drawNegatives(rows, 0.4, stream(1, 'round', 1, 'partial-masking'))));
  expect(numbers(history).reduce((sum, value) => sum + value, 0)).toBe(30);
});

test('separate: zero reconstruction has a set of its own; shared: that of partial masking', () => {
  const maskedBy = (round: ReturnType<typeof draw>) => {
    const history = round.history(all);
    return numbers(tf.sub(round.shown(all), history));
  };
  const [separate, shared] = [draw('separate'), draw('shared')];
  expect(numbers(separate.zeros(all))).toEqual(
    Array.from(drawNegatives(rows, 0.4, stream(1, 'round', 1, 'zero-reconstruction'))),
  );
  expect(numbers(separate.zeros(all))).not.toEqual(maskedBy(separate));
  expect(numbers(shared.zeros(all))).toEqual(maskedBy(shared));
});

test('both sets are drawn anew each round, and whoever is asked first', () => {
  expect(numbers(draw('separate', 2).zeros(all))).not.toEqual(numbers(draw('separate', 1).zeros(all)));
  const late = draw('separate');
  late.shown(all);
  expect(numbers(late.zeros(all))).toEqual(numbers(draw('separate').zeros(all)));
});

test('each setting is read from the param of its name', () => {
  const params = {
    ...model,
    ...{ learning_rate: 0.1, discriminator_learning_rate: 0.2, beta1: 0.3, beta2: 0.4, l2: 0.5, discriminator_l2: 0.6 },
    ...{ clip: 0.7, gradient_penalty: 0.8, generator_loss: 'saturating', alpha: 0.9 },
    ...{ zero_reconstruction: 0.11, partial_masking: 0.12, rounds: 3, batch_size: 4, discriminator_batch_size: 5 },
    ...{ generator_passes: 6, discriminator_passes: 7, layers: 2, hidden: 8, activation: 'tanh', dropout: 0.13 },
    ...{ discriminator_layers: 3, discriminator_hidden: 9, discriminator_activation: 'sigmoid' },
    ...{ discriminator_dropout: 0.14, batch_norm: true, discriminator_batch_norm: false, output: 'sigmoid' },
  };
  expect(rulesOf(params)).toEqual({
    ...{ loss: 'vanilla', generatorLoss: 'saturating', generatorLearningRate: 0.1, discriminatorLearningRate: 0.2 },
    ...{ beta1: 0.3, beta2: 0.4, generatorL2: 0.5, discriminatorL2: 0.6, clip: 0.7, penalty: 0.8 },
  });
  expect(cfganSettings(params)).toMatchObject({
    ...{ alpha: 0.9, zeroReconstruction: 0.11, partialMasking: 0.12, output: 'sigmoid' },
    round: { generatorBatch: 4, discriminatorBatch: 5, generatorPasses: 6, discriminatorPasses: 7, criticSteps: 1 },
    generator: { layers: 2, units: 8, activation: 'tanh', dropout: 0.13, batchNorm: true },
    discriminator: { layers: 3, units: 9, activation: 'sigmoid', dropout: 0.14, batchNorm: false },
  });
  expect(rulesOf({ ...params, discriminator_learning_rate: null }).discriminatorLearningRate).toBe(0.1);
});
