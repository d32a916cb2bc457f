/** The train stage as the engine runs it: a process of its own, given a training part and params. */
import { describe, expect, test } from 'vitest';
import { readHistory } from '../../stages/history.ts';
import { hashes, part, smallTraining } from '../helpers/small-training.ts';
import { trained } from '../helpers/trained-model.ts';

const { folder, train } = await smallTraining();

describe.each([
  [
    'cfgan, vanilla',
    { name: 'cfgan' },
    ['d_loss', 'd_accuracy', 'g_loss', 'g_penalty', 'generator_updates', 'discriminator_updates'],
    'rounds',
  ],
  ['notebook-gan, wgan', { name: 'notebook-gan', loss: 'wgan' }, ['d_loss', 'critic_gap', 'g_loss'], 'steps'],
])('%s', (_title, model, series, unit) => {
  test('two processes train to the same bytes; another seed to others', async () => {
    const [first, again, other] = [await train(model), await train(model), await train(model, 2)];
    for (const run of [first, again, other]) expect(run).toMatchObject({ exitCode: 0 });
    const [a, b, c] = await Promise.all([first, again, other].map((run) => hashes(run.outs.model as string)));
    expect(Object.keys(a ?? {})).toEqual(['history.jsonl', 'model.json', 'weights.bin', 'weights.json']);
    expect(b).toEqual(a);
    expect(c?.['weights.bin']).not.toBe(a?.['weights.bin']);

    if (model.name === 'cfgan') expect(first.stderr).toMatch(/ generator_updates \d+, discriminator_updates \d+,/);
    const points = first.series.filter((line) => 'step' in line);
    expect(points.map((point) => Object.keys(point))).toEqual(
      [1, 2, 3, 4, 5, 6].map((step) => ['step', ...series, ...(step === 4 || step === 6 ? ['val_ndcg@10'] : [])]),
    );
    expect(await readHistory(first.outs.model as string)).toEqual(points);
    expect(first.series).toContainEqual({ progress: { done: 6, total: 6, unit } });
  });
});

test('a model without steps leaves no history', async () => {
  const { exitCode, outs } = await train({ name: 'popularity' });
  expect(exitCode).toBe(0);
  expect(Object.keys(await hashes(outs.model as string))).toEqual(['model.json', 'popularity.json']);
  expect(await readHistory(outs.model as string)).toEqual([]);
});

test('training that diverges reports the point and fails in words', async () => {
  const { exitCode, stderr, series } = await train({ output: 'linear', activation: 'linear', learning_rate: 1e30 });
  expect(exitCode).toBe(65);
  expect(stderr).toMatch(
    /training diverged: \w+ is (NaN|Infinity|-Infinity) at step \d+; try a lower model.learning_rate/,
  );
  expect(JSON.stringify(series.at(-1))).toMatch(/"(NaN|Infinity|-Infinity)"/);
});

/** What training refuses, in this process: how a stage tells it is the business of the tests above and below. */
const refusal = (model: object) =>
  trained(folder, part(0, 24), { rounds: 6, steps: 6, batch_size: 16, validate_every: 0, ...model }).then(
    () => 'nothing',
    (error: Error) => `${error.name}: ${error.message}`,
  );

test.each([
  [
    { name: 'cfgan', loss: 'autoencoder', rounds: 1, batch_size: 64, learning_rate: 1e39 },
    /generator\/0\/weights holds -?(NaN|Infinity)/,
  ],
  [{ name: 'notebook-gan', steps: 1, learning_rate: 1e38, loss: 'wgan', discriminator_learning_rate: 0 }, /diverged/],
  [
    { name: 'bpr-mf', bpr: { learning_rate: 1000, epochs: 1, factors: 4, validate_every: 0 } },
    /users holds -?Infinity/,
  ],
])('what diverges in its last update, after all losses, is told too: %j', async (model, message) => {
  const told = await refusal(model);
  expect(told).toMatch(message);
  expect(told).toContain('DataError: training diverged');
});

test('a model beyond all memory is one message', async () => {
  const { exitCode, stderr } = await train({ hidden: 1e12 });
  expect([exitCode, stderr.split('\n').at(-1)]).toEqual([
    65,
    expect.stringMatching(
      /^error: the params ask for more than fits into memory \(Invalid .*length.*\): smaller sizes/,
    ),
  ]);
  for (const model of [
    { name: 'cfgan', layers: 1e10 },
    { name: 'notebook-gan', latent_dim: 1e12 },
  ])
    expect(await refusal(model)).toMatch(/^RangeError: Invalid .*length/);
});

test('batch normalisation of a batch of one is none', async () => {
  expect(await refusal({ name: 'cfgan', batch_norm: true, batch_size: 1 })).toBe(
    'DataError: model.batch_norm: a batch of one row has no spread to go by; model.batch_size must be 2 or more',
  );
});

test('a param out of range is one message', async () => {
  const { exitCode, stderr } = await train({ batch_size: 0 });
  expect(exitCode).toBe(65);
  expect(stderr.split('\n').at(-1)).toBe('error: model.batch_size: 0 is not a whole number from 1');
});
