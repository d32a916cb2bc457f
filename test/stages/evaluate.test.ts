import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  type Entry,
  interactionsOf,
  readInteractions,
  writeInteractions,
  writeUnliked,
} from '../../stages/datasets/interactions.ts';
import { trainModel } from '../../stages/models/index.ts';
import { defaultParams } from '../helpers/default-params.ts';
import { runStage, temporaryFolder } from '../helpers/run-stage.ts';

const folder = await temporaryFolder();
const shape = { users: 3, items: 5 };
const entry = (user: number, item: number, value = 1): Entry => ({ user, item, value });

async function part(name: string, entries: readonly Entry[]): Promise<string> {
  await writeInteractions(join(folder, name), interactionsOf(entries, shape));
  return join(folder, name);
}
async function trained(name: string, model: string, trainFolder: string): Promise<string> {
  const train = await readInteractions(trainFolder);
  await mkdir(join(folder, name), { recursive: true });
  await trainModel({
    train,
    validation: train,
    unliked: train,
    params: { name: model },
    seed: 1,
    threads: 1,
    folder: join(folder, name),
    checkpoint: '',
    signal: new AbortController().signal,
    report() {},
    progress() {},
  });
  return join(folder, name);
}

// Popularity: item 0 three times, 1 twice, 2 once.
const train = await part('train', [entry(0, 0), entry(0, 1), entry(1, 0), entry(1, 1), entry(2, 0), entry(2, 2)]);
await writeUnliked(train, interactionsOf([entry(2, 1, 1)], shape));
const validation = await part('validation', [entry(1, 2, 4)]);
const truth = await part('test', [entry(0, 2, 5), entry(1, 3, 2)]);
const ids = join(folder, 'ids.json');
await writeFile(ids, JSON.stringify({ users: ['ann', 'bob, jr', 'cy'], items: [...'abcde'], known: shape }));
const model = await trained('model', 'popularity', train);

const evaluate = (change: Record<string, unknown> = {}, deps: Record<string, string> = {}, units = true) =>
  runStage('stages/evaluate.ts', folder, {
    params: { evaluate: defaultParams({ evaluate: { k: [1, 2], ...change } }).evaluate },
    deps: { model, train, truth, ids, ...deps },
    outs: { scores: 'scores.json', ...(units ? { 'scores.units': 'users.csv' } : {}) },
  });
const scoresOf = async (run: Awaited<ReturnType<typeof evaluate>>) =>
  JSON.parse(await readFile(run.outs.scores as string, 'utf8'));

test('scores the model with popularity and chance beside it, and each user by its own id', async () => {
  const run = await evaluate();
  expect(run.stderr).toBe('protocol held-out, 2 users: ndcg@2 0.8155, popularity 0.8155');
  const scores = await scoresOf(run);
  expect(scores).toMatchObject({
    // ann may be shown 2, 3, 4 and bob too: by popularity 2 first, then 3 by index.
    'precision@1': 0.5,
    'recall@1': 0.5,
    'mrr@2': (1 + 1 / 2) / 2,
    users: 2,
    users_skipped: 1,
    truth_interactions: 2,
    truth_irrelevant: 0,
    truth_unreachable: 0,
  });
  expect(scores.popularity['mrr@2']).toBe(scores['mrr@2']);
  expect(scores.random['precision@1']).toBeCloseTo(1 / 3, 12);
  const [header, ...rows] = (await readFile(run.outs['scores.units'] as string, 'utf8')).trimEnd().split('\n');
  const names = ['precision', 'recall', 'ndcg', 'mrr', 'map', 'hit_rate'];
  expect(header).toBe(['user', ...names.map((name) => `${name}@1`), ...names.map((name) => `${name}@2`)].join(','));
  expect(rows).toEqual([
    expect.stringMatching(/^ann,1,1,1,1,1,1,0\.5,1,1,1,1,1$/),
    expect.stringMatching(/^"bob, jr",0,0,0,0,0,0,0\.5,1,0\.63\d+,0\.5,0\.5,1$/),
  ]);
});

test('what validation holds is known at the test, where it is a dependency', async () => {
  const scores = await scoresOf(await evaluate({}, { validation }));
  // Without item 2, bob is shown 3 first.
  expect(scores).toMatchObject({ 'precision@1': 1, 'mrr@2': 1 });
});

test('the relevance threshold is on the ratings of the truth', async () => {
  expect(await scoresOf(await evaluate({ relevance: 4 }))).toMatchObject({
    'precision@1': 1,
    users: 1,
    truth_irrelevant: 1,
  });
});

test('without per-user scores it needs no ids', async () => {
  const run = await evaluate({}, { ids: join(folder, 'missing.json') }, false);
  expect(run.exitCode).toBe(0);
});

test('leaked ranks on the training matrix and says so', async () => {
  const run = await evaluate({ protocol: 'leaked' });
  expect(run.stderr).toMatch(/^protocol leaked, 3 users/);
  expect(await scoresOf(run)).toMatchObject({ 'precision@1': 1, users: 3, users_skipped: 0, truth_interactions: 6 });
});

test('an empty truth gives counts, no scores, and says so', async () => {
  const run = await evaluate({}, { truth: await part('empty', []) });
  expect([run.exitCode, run.stderr]).toEqual([
    0,
    'protocol held-out: no user has a truth to be found, so there are counts and no scores',
  ]);
  const scores = await scoresOf(run);
  expect(scores).toMatchObject({ users: 0, users_skipped: 3, popularity: {}, random: {} });
  expect(scores).not.toHaveProperty('precision@1');
});

describe('random', () => {
  test('gives the same bytes each time', async () => {
    const random = await trained('random', 'random', train);
    const runs = await Promise.all([evaluate({}, { model: random }), evaluate({}, { model: random })]);
    const [first, second] = await Promise.all(runs.map((run) => readFile(run.outs.scores as string, 'utf8')));
    expect(first).toBe(second);
  });
});

describe('refuses', () => {
  test('a model of another matrix', async () => {
    const other = join(folder, 'other');
    await writeInteractions(other, interactionsOf([entry(0, 0)], { users: 3, items: 4 }));
    const run = await evaluate({}, { model: await trained('other-model', 'popularity', other) });
    expect([run.exitCode, run.stderr]).toEqual([
      65,
      'error: the model was trained on 3 users × 4 items, the training part has 3 × 5',
    ]);
  });
  test('a model whose scores are no numbers: their order would be that of the indices', async () => {
    const diverged = await trained('diverged', 'popularity', train);
    await writeFile(join(diverged, 'popularity.json'), '[1, null, "NaN", 1e39, 0]\n');
    const run = await evaluate({}, { model: diverged });
    expect([run.exitCode, run.stderr]).toEqual([
      65,
      'error: the model diverged: 4 of its scores are NaN or infinite, so that their order says nothing; train it with a lower learning rate',
    ]);
  });
  test('a model and params it does not know', async () => {
    await expect(trained('gone', 'nothing', train)).rejects.toThrowError('model.name: there is no "nothing"');
    expect((await evaluate({ noise: 'some' })).stderr).toMatch(/^error: evaluate\.noise: there is no "some"/);
  });
  test('with a stack, and 70, what is no fault of the data', async () => {
    const run = await evaluate({}, { truth: join(folder, 'missing') });
    expect(run.exitCode).toBe(70);
    expect(run.stderr).toMatch(/ENOENT[\s\S]*\n +at /);
  });
});
