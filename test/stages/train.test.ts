/** The train stage as the engine runs it: a process of its own, given a training part and params. */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { interactionsOf, writeInteractions, writeUnliked } from '../../stages/datasets/interactions.ts';
import { readHistory } from '../../stages/history.ts';
import { stream } from '../../stages/random-stream.ts';
import { defaultParams } from '../helpers/default-params.ts';
import { runStage, type StageInputs, temporaryFolder } from '../helpers/run-stage.ts';
import { trained } from '../helpers/trained-model.ts';

const folder = await temporaryFolder();
const deps = { train: join(folder, 'train'), validation: join(folder, 'validation') };

const shape = { users: 60, items: 300 };
const random = stream(1, 'ratings');
const entries = Array.from({ length: shape.users }, (_, user) =>
  Array.from(random.shuffle(Int32Array.from({ length: shape.items }, (_, item) => item)).subarray(0, 30), (item) => ({
    user,
    item,
    value: 1,
  })),
);
const part = (from: number, to: number) =>
  interactionsOf(
    entries.flatMap((own) => own.slice(from, to)),
    shape,
  );

beforeAll(async () => {
  await Promise.all(Object.values(deps).map((path) => mkdir(path)));
  await writeInteractions(deps.train, part(0, 24));
  await writeUnliked(deps.train, part(24, 25));
  await writeInteractions(deps.validation, part(25, 30));
});

const train = (model: object, seed = 1, more: Partial<Pick<StageInputs, 'env' | 'started'>> = {}) =>
  runStage('stages/train.ts', folder, {
    ...more,
    params: { ...defaultParams({ model: { rounds: 6, steps: 6, batch_size: 16, validate_every: 4, ...model } }), seed },
    deps,
    outs: { model: 'model/' },
  });

/** SIGTERM once so many points are there. */
async function stopAfter(points: number, child: { kill(signal: NodeJS.Signals): boolean }, metrics: string) {
  const count = async () =>
    (await readFile(metrics, 'utf8')).split('\n').filter((line) => line.includes('"step"')).length;
  while ((await count()) < points) await setTimeout(20);
  child.kill('SIGTERM');
}

/** File → hash of its bytes. */
async function hashes(path: string): Promise<Record<string, string>> {
  const names = (await readdir(path)).sort();
  const contents = await Promise.all(names.map((name) => readFile(join(path, name))));
  return Object.fromEntries(
    names.map((name, i) => [
      name,
      createHash('sha256')
        .update(contents[i] as Buffer)
        .digest('hex'),
    ]),
  );
}

describe.each([
  [
    'cfgan, vanilla',
    { name: 'cfgan' },
    ['d_loss', 'd_accuracy', 'g_loss', 'g_penalty', 'generator_updates', 'discriminator_updates'],
    'rounds',
  ],
  ['notebook-gan, wgan', { name: 'notebook-gan', loss: 'wgan' }, ['d_loss', 'critic_gap', 'g_loss'], 'steps'],
])('%s', (_title, model, series, unit) => {
  test('two processes train to the same bytes; another seed to others', { timeout: 60_000 }, async () => {
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

test('told to stop, training keeps where it stands, goes on from there, and ends with the same bytes', async () => {
  const model = { rounds: 40, hidden: 200, validate_every: 10, keep: 'best' };
  const whole = await train(model);
  const checkpoint = await mkdtemp(join(folder, 'checkpoint-'));
  const env = { RETRIAL_CHECKPOINT: checkpoint };
  const stopped = await train(model, 1, { env, started: (child, metrics) => void stopAfter(3, child, metrics) });
  expect([stopped.exitCode, await readdir(checkpoint)]).toEqual([143, [expect.stringMatching(/^step-0*[1-9]/)]]);
  const resumed = await train(model, 1, { env });
  expect(resumed.stderr).toContain('goes on from the checkpoint of step');
  expect(await hashes(resumed.outs.model as string)).toEqual(await hashes(whole.outs.model as string));
  const points = (run: typeof whole) => run.series.filter((line) => 'step' in line);
  expect(points(resumed)).toEqual(points(whole));
});

test.each([{ rounds: 20 }, { rounds: 10, loss: 'wgan-gp', learning_rate: 1e-4, beta1: 0, beta2: 0.9 }])(
  'WebAssembly trains to what native TensorFlow does: losses within .001, NDCG within .005: %j',
  async (settings) => {
    const model = { ...settings, validate_every: 20 };
    const [native, wasm] = [await train(model), await train(model, 1, { env: { RETRIAL_TENSORFLOW: 'wasm' } })];
    const last = (run: typeof native) => run.series.filter((line) => 'step' in line).at(-1) as Record<string, number>;
    expect(Object.keys(last(wasm))).toEqual(Object.keys(last(native)));
    // A critic's level is free: no loss holds its last bias, which Adam moves by what rounding leaves.
    for (const [name, value] of Object.entries(last(native)).filter(([name]) =>
      'loss' in settings ? name !== 'g_loss' : true,
    ))
      expect(Math.abs((last(wasm)[name] as number) - value), name).toBeLessThan(name === 'val_ndcg@10' ? 0.005 : 0.001);
  },
  60_000,
);

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
