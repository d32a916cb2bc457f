/** What holds for every baseline that learns: bytes for a seed, scores by batch, hostile params and data, being stopped. */
import { describe, expect, test } from 'vitest';
import { interactionsOf } from '../../../stages/datasets/interactions.ts';
import { loadModel } from '../../../stages/models/index.ts';
import { randomLikes } from '../../helpers/random-likes.ts';
import { temporaryFolder } from '../../helpers/run-stage.ts';
import { allScores, bytesIn, trained } from '../../helpers/trained-model.ts';

const folder = await temporaryFolder();
const train = randomLikes(50, 30, 6);
const small = { pure_svd: { factors: 5 }, bpr: { factors: 4, epochs: 3 } };
const names = ['user-knn', 'item-knn', 'rp3beta', 'pure-svd', 'ease', 'slim', 'bpr-mf'];

describe.each(names)('%s', (name) => {
  test('the same bytes again, and the same scores whatever the batch', async () => {
    const first = await trained(folder, train, { name, ...small });
    const again = await trained(folder, train, { name, ...small });
    expect(await bytesIn(again.folder)).toEqual(await bytesIn(first.folder));
    const scores = await allScores(first.scorer, train.users);
    expect(first.scorer.items).toBe(train.items);
    expect(scores.flat().every(Number.isFinite)).toBe(true);
    const some = await again.scorer.scores(Int32Array.of(7, 3, 7));
    expect(Array.from(some)).toEqual([7, 3, 7].flatMap((user) => scores[user]));
  });

  test('a value of the training part says who liked what, not how much', async () => {
    const doubled = { ...train, values: train.values.map((value) => 2 * value) };
    const one = await trained(folder, train, { name, ...small });
    const two = await trained(folder, doubled, { name, ...small });
    expect(await bytesIn(two.folder)).toEqual(await bytesIn(one.folder));
  });

  test('a matrix with hardly anything in it', async () => {
    const sparse = interactionsOf([{ user: 1, item: 2, value: 1 }], { users: 3, items: 4 });
    const { scorer } = await trained(folder, sparse, { name, pure_svd: { factors: 2 }, bpr: { epochs: 1 } });
    expect((await allScores(scorer, 3)).flat().every(Number.isFinite)).toBe(true);
  });

  test('stops when told to', async () => {
    const stop = new AbortController();
    stop.abort();
    await expect(trained(folder, train, { name, ...small }, { signal: stop.signal })).rejects.toThrow(/abort/i);
  });

  test('files of another shape are refused', async () => {
    const { folder: written } = await trained(folder, train, { name, ...small });
    const other = randomLikes(50, 31, 6);
    await expect(loadModel(written, { train: other, noiseSeed: null, threads: 1 })).rejects.toThrow(
      'the model was trained on 50 users × 30 items, the training part has 50 × 31',
    );
  });
});

test.each([
  ['user-knn', { knn: { neighbours: -1 } }, 'model.knn.neighbours: -1 is not a whole number from 1'],
  ['item-knn', { knn: { neighbours: 2.5 } }, 'model.knn.neighbours: 2.5 is not a whole number from 1'],
  ['item-knn', { knn: { similarity: 'jaccard' } }, 'model.knn.similarity: "jaccard" is none of cosine, tversky'],
  ['item-knn', { knn: { shrink: 'much' } }, 'model.knn.shrink: "much" is not a number from 0'],
  ['item-knn', { knn: { shrink: Number.NaN } }, 'model.knn.shrink: null is not a number from 0'],
  ['item-knn', { knn: { tversky_alpha: -0.1 } }, 'model.knn.tversky_alpha: -0.1 is not a number from 0'],
  ['item-knn', { knn: [100] }, 'model.knn: [100] is not a map'],
  ['rp3beta', { rp3beta: { normalise: 'yes' } }, 'model.rp3beta.normalise: "yes" is neither true nor false'],
  ['rp3beta', { rp3beta: { beta: null } }, 'model.rp3beta.beta: null is not a number from 0'],
  ['pure-svd', { pure_svd: { factors: 0 } }, 'model.pure_svd.factors: 0 is not a whole number from 1'],
  ['ease', { ease: { l2: 0 } }, 'model.ease.l2: 0 is not a number from 0.001'],
  ['slim', { slim: { l1_ratio: 1.5 } }, 'model.slim.l1_ratio: 1.5 is not a number from 0 to 1'],
  ['slim', { slim: null }, 'model.slim: null is not a map'],
  ['bpr-mf', { bpr: { learning_rate: 0 } }, 'model.bpr.learning_rate: 0 is not a number from 1e-9'],
  ['bpr-mf', { bpr: { epochs: 0 } }, 'model.bpr.epochs: 0 is not a whole number from 1'],
])('%s refuses %j', async (name, wrong, message) => {
  await expect(trained(folder, train, { name, ...wrong })).rejects.toThrow(message);
});
