import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readIdMap } from '../../stages/datasets/id-map.ts';
import { itemsOf, readInteractions, readUnliked } from '../../stages/datasets/interactions.ts';
import { type Rating, writeRatings } from '../../stages/datasets/ratings.ts';
import { syntheticRatings } from '../../stages/datasets/synthetic.ts';
import { defaultParams } from '../helpers/default-params.ts';
import { needsRealData, realData, skipReason } from '../helpers/real-data.ts';
import { runStage, type StageRun, temporaryFolder } from '../helpers/run-stage.ts';

const folder = await temporaryFolder();
const outs = { train: 'train/', validation: 'validation/', test: 'test/', ids: 'ids.json' };
let files = 0;

async function preprocess(ratings: readonly Rating[], split: Record<string, unknown>): Promise<StageRun> {
  const path = join(folder, `ratings-${files++}.tsv`);
  await writeRatings(path, ratings);
  return runStage('stages/preprocess.ts', folder, {
    params: { split: defaultParams({ split }).split },
    deps: { ratings: path },
    outs,
  });
}
/** Every byte of a folder of interactions. */
async function bytesOf(run: StageRun, part: 'train' | 'validation' | 'test'): Promise<string> {
  const names = ['shape.json', 'interactions.tsv', ...(part === 'train' ? ['unliked.tsv'] : [])];
  const texts = await Promise.all(names.map((name) => readFile(join(run.outs[part] as string, name), 'utf8')));
  return texts.join('\0');
}

const synthetic = syntheticRatings({ users: 40, items: 60, ratings: 900, min_per_user: 10, factors: 3 }, 1);

test('three parts of one shape, that together hold every rating once; counts as metrics', async () => {
  const run = await preprocess(synthetic, { seed: 3 });
  const ids = await readIdMap(run.outs.ids as string);
  const parts = await Promise.all(
    ['train', 'validation', 'test'].map((part) => readInteractions(run.outs[part] as string)),
  );
  const found = parts.flatMap((part) =>
    ids.users.flatMap((user, row) =>
      row < part.users ? [...itemsOf(part, row)].map((item) => `${user} ${ids.items[item]}`) : [],
    ),
  );
  expect(found.sort()).toEqual(synthetic.map(({ user, item }) => `${user} ${item}`).sort());
  expect(parts.map(({ columns }) => columns.length)).toEqual([576, 144, 180]);
  expect(new Set(parts[0]?.values)).toEqual(new Set([1]));
  expect(new Set(parts[2]?.values)).toEqual(new Set([1, 2, 3, 4, 5]));
  expect(run.series).toEqual([
    {
      step: 0,
      users: 40,
      items: 60,
      ratings: 900,
      train_interactions: 576,
      train_unliked: 0,
      lost_to_minmax: 0,
      validation_interactions: 144,
      test_interactions: 180,
      test_only_users: 0,
      test_only_items: ids.items.length - ids.known.items,
      sparsity: 1 - 576 / (40 * ids.known.items),
    },
  ]);
});

test('what is below the threshold is set aside as unliked, and stays in validation and test as it is', async () => {
  const [all, some] = await Promise.all([0, 4].map((threshold) => preprocess(synthetic, { threshold })));
  const [train, liked, unliked] = await Promise.all([
    readInteractions(all?.outs.train as string),
    readInteractions(some?.outs.train as string),
    readUnliked(some?.outs.train as string),
  ]);
  expect(liked.columns.length + unliked.columns.length).toBe(train.columns.length);
  expect(Math.max(...unliked.values)).toBe(3);
  for (const part of ['validation', 'test'] as const)
    expect(await bytesOf(some as StageRun, part)).toBe(await bytesOf(all as StageRun, part));
});

test('a table whose ratings have no timestamps, the last one neither', async () => {
  const run = await preprocess(
    synthetic.map((row) => ({ ...row, timestamp: '' })),
    {},
  );
  expect(run.stderr).toMatch(/^40 users × 60 items: train 576/);
});

describe('training never depends on the test part', () => {
  const given = synthetic.map((row, i): Rating => ({ ...row, part: i % 5 === 0 ? 'test' : 'train' }));
  const rules = { method: 'given', values: 'minmax' };

  test('given: rows of the test part changed, added, removed', async () => {
    const changed = given.map((row) => (row.part === 'test' ? { ...row, rating: 100 } : row));
    const added: Rating = { user: '0', item: '0', rating: 1, timestamp: '', part: 'test' };
    const variants = [given, changed, [added, ...given], given.filter(({ part }) => part === 'train')];
    const runs = await Promise.all(variants.map((rows) => preprocess(rows, rules)));
    const trains = await Promise.all(runs.map((run) => bytesOf(run, 'train')));
    const validations = await Promise.all(runs.map((run) => bytesOf(run, 'validation')));
    const tests = await Promise.all(runs.map((run) => bytesOf(run, 'test')));
    expect(new Set(trains).size).toBe(1);
    expect(new Set(validations).size).toBe(1);
    expect(new Set(tests).size).toBe(4);
  });

  test.each(['random-global', 'temporal-per-user', 'k-fold'])('%s: values of the test part changed', async (method) => {
    const first = await preprocess(synthetic, { method, values: 'minmax' });
    const ids = await readIdMap(first.outs.ids as string);
    const held = await readInteractions(first.outs.test as string);
    const inTest = new Set(
      ids.users.flatMap((user, row) => [...itemsOf(held, row)].map((item) => `${user} ${ids.items[item]}`)),
    );
    const changed = synthetic.map((row) => (inTest.has(`${row.user} ${row.item}`) ? { ...row, rating: 50 } : row));
    const second = await preprocess(changed, { method, values: 'minmax' });
    expect(await bytesOf(second, 'train')).toBe(await bytesOf(first, 'train'));
    expect(await bytesOf(second, 'test')).not.toBe(await bytesOf(first, 'test'));
  });
});

test('by time: of synthetic ratings, whatever a user is tested on came after all it is trained on', async () => {
  const run = await preprocess(synthetic, { method: 'temporal-per-user', test: 0.2, validation: 0.2 });
  const ids = await readIdMap(run.outs.ids as string);
  const timeOf = new Map(synthetic.map(({ user, item, timestamp }) => [`${user} ${item}`, Number(timestamp)]));
  const times = async (part: string, row: number) => {
    const matrix = await readInteractions(run.outs[part] as string);
    return [...itemsOf(matrix, row)].map((item) => timeOf.get(`${ids.users[row]} ${ids.items[item]}`) as number);
  };
  for (let row = 0; row < ids.users.length; row += 7) {
    const [train, validation, held] = await Promise.all(
      ['train', 'validation', 'test'].map((part) => times(part, row)),
    );
    expect(Math.max(...(train as number[]))).toBeLessThanOrEqual(Math.min(...(validation as number[])));
    expect(Math.max(...(validation as number[]))).toBeLessThanOrEqual(Math.min(...(held as number[])));
  }
});

test('a split that cannot be is one clear line', async () => {
  const untimed = synthetic.map((row, i) => (i === 17 ? { ...row, timestamp: '' } : row));
  expect((await preprocess(untimed, { method: 'temporal-per-user' })).stderr).toMatch(
    /^error: split\.method goes by time, and the rating of user .* has no timestamp: every rating needs one/,
  );
  const run = await preprocess(synthetic, { method: 'given' });
  expect(run.exitCode).toBe(65);
  expect(run.stderr).toBe('error: split.method is given, and the data set does not say which part its ratings are in');
});

test('ratings without timestamps, the last one too, in one file or two', async () => {
  const untimed = synthetic.map((row) => ({ ...row, timestamp: '' }));
  const alone = await preprocess(untimed, {});
  expect(alone.stderr).toMatch(/^40 users × 60 items: train 576 /);
  expect(await bytesOf(alone, 'train')).toBe(await bytesOf(await preprocess(synthetic, {}), 'train'));
  const parts = untimed.map((row, i): Rating => ({ ...row, part: i > 700 ? 'test' : 'train' }));
  expect((await preprocess(parts, { method: 'given' })).exitCode).toBe(0);
});

test('a split that leaves nothing to train on, or to like, is one clear line', async () => {
  const few = synthetic.slice(0, 9);
  expect((await preprocess(few, { test: 0.99 })).stderr).toBe(
    'error: split.method random-global with split.test 0.99 and split.validation 0.2 leaves no rating to train on; ' +
      'lower shares do',
  );
  const run = await preprocess(synthetic, { threshold: 6 });
  expect([run.exitCode, run.stderr]).toEqual([
    65,
    'error: split.threshold: none of the 576 ratings to train on is 6 or more, so there is nothing to learn from',
  ]);
});

test('min-max of ratings that are all alike leaves nothing, and says so', async () => {
  const run = await preprocess(
    synthetic.map((row) => ({ ...row, rating: 1 })),
    { values: 'minmax' },
  );
  expect(run.stderr).toBe('error: split.values is minmax, and all ratings are 1: nothing is left');
});

test('a ratings file with a broken line is named by the line', async () => {
  const path = join(folder, 'broken.tsv');
  await writeFile(path, 'user\titem\trating\ttimestamp\n1\t2\t3\t\n1\t2\n');
  const run = await runStage('stages/preprocess.ts', folder, {
    params: defaultParams(),
    deps: { ratings: path },
    outs,
  });
  expect([run.exitCode, run.stderr]).toEqual([65, 'error: line 3 of the ratings file is not a rating: "1\\t2"']);
});

describe(`MovieLens 100K${skipReason}`, needsRealData, () => {
  test("the notebook's min-max loses the 6,110 ratings of 1 and its sparsity", async () => {
    const text = await readFile(realData('ml-100k/u.data'), 'utf8');
    const ratings = text
      .trimEnd()
      .split('\n')
      .map((line): Rating => {
        const [user, item, rating, timestamp] = line.split('\t') as [string, string, string, string];
        return { user, item, rating: Number(rating), timestamp };
      });
    const run = await preprocess(ratings, { method: 'none', validation: 0, values: 'minmax' });
    expect(run.series[0]).toMatchObject({
      users: 943,
      items: 1682,
      train_interactions: 93_890,
      train_unliked: 6_110,
      lost_to_minmax: 6_110,
      test_interactions: 0,
      sparsity: expect.closeTo(0.9408, 4),
    });
    const { values } = await readInteractions(run.outs.train as string);
    expect(new Set(values)).toEqual(new Set([0.25, 0.5, 0.75, 1]));
  });
});
