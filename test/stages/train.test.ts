/** The train stage as the engine runs it: a process of its own, given a training part and params. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { interactionsOf, writeInteractions, writeUnliked } from '../../stages/datasets/interactions.ts';
import { readHistory } from '../../stages/history.ts';
import { stream } from '../../stages/random-stream.ts';
import { defaultParams } from '../helpers/default-params.ts';
import { runStage, temporaryFolder } from '../helpers/run-stage.ts';

const folder = await temporaryFolder();
const deps = { train: join(folder, 'train'), validation: join(folder, 'validation') };

beforeAll(async () => {
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
  await Promise.all(Object.values(deps).map((path) => mkdir(path)));
  await writeInteractions(deps.train, part(0, 24));
  await writeUnliked(deps.train, part(24, 25));
  await writeInteractions(deps.validation, part(25, 30));
});

const train = (model: object, seed = 1) =>
  runStage('stages/train.ts', folder, {
    params: { ...defaultParams({ model: { steps: 6, batch_size: 16, validate_every: 4, ...model } }), seed },
    deps,
    outs: { model: 'model/' },
  });

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
  ['cfgan, vanilla', { name: 'cfgan' }, ['d_loss', 'd_accuracy', 'g_loss', 'g_penalty']],
  ['notebook-gan, wgan', { name: 'notebook-gan', loss: 'wgan' }, ['d_loss', 'critic_gap', 'g_loss']],
])('%s', (_title, model, series) => {
  test('two processes train to the same bytes; another seed to others', { timeout: 60_000 }, async () => {
    const [first, again, other] = [await train(model), await train(model), await train(model, 2)];
    for (const run of [first, again, other]) expect(run).toMatchObject({ exitCode: 0 });
    const [a, b, c] = await Promise.all([first, again, other].map((run) => hashes(run.outs.model as string)));
    expect(Object.keys(a ?? {})).toEqual(['history.jsonl', 'model.json', 'weights.bin', 'weights.json']);
    expect(b).toEqual(a);
    expect(c?.['weights.bin']).not.toBe(a?.['weights.bin']);

    const points = first.series.filter((line) => 'step' in line);
    expect(points.map((point) => Object.keys(point))).toEqual(
      [1, 2, 3, 4, 5, 6].map((step) => ['step', ...series, ...(step === 4 || step === 6 ? ['val_ndcg@10'] : [])]),
    );
    expect(await readHistory(first.outs.model as string)).toEqual(points);
    expect(first.series).toContainEqual({ progress: { done: 6, total: 6, unit: 'steps' } });
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
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(
    /training diverged: \w+ is (NaN|Infinity|-Infinity) at step \d+; try a lower model.learning_rate/,
  );
  expect(JSON.stringify(series.at(-1))).toMatch(/"(NaN|Infinity|-Infinity)"/);
});

test('a param out of range is one message', async () => {
  const { exitCode, stderr } = await train({ batch_size: 0 });
  expect(exitCode).toBe(1);
  expect(stderr.split('\n').at(-1)).toBe('error: model.batch_size: 0 is not a whole number from 1');
});
