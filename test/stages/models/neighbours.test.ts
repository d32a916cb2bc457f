/** UserKNN and ItemKNN against their definitions written out over sets. */
import { describe, expect, test } from 'vitest';
import { itemsOf } from '../../../stages/datasets/interactions.ts';
import { cosine, tversky } from '../../../stages/models/neighbours/similarity.ts';
import { denseLikes, randomLikes } from '../../helpers/random-likes.ts';
import { temporaryFolder } from '../../helpers/run-stage.ts';
import { allScores, expectClose, trained } from '../../helpers/trained-model.ts';

const folder = await temporaryFolder();
const train = randomLikes(30, 20, 3);
const dense = denseLikes(train);
const byUser = Array.from({ length: train.users }, (_, user) => new Set(itemsOf(train, user)));
const byItem = Array.from(
  { length: train.items },
  (_, item) => new Set(byUser.flatMap((own, user) => (own.has(item) ? [user] : []))),
);

const settings = [
  { similarity: 'cosine', neighbours: 4, shrink: 0 },
  { similarity: 'cosine', neighbours: 1000, shrink: 12.5 },
  { similarity: 'tversky', neighbours: 5, shrink: 0, tversky_alpha: 0.3, tversky_beta: 1.7 },
  { similarity: 'tversky', neighbours: 3, shrink: 2, tversky_alpha: 0, tversky_beta: 0 },
];

/** `[set][set]`: the similarity of each with its k most similar others, by weight falling and then index; else 0. */
function nearestWeights(sets: readonly ReadonlySet<number>[], knn: (typeof settings)[number]): number[][] {
  const { tversky_alpha: alpha = 0, tversky_beta: beta = 0 } = knn;
  return sets.map((a, i) => {
    const weights = sets.map((b, j) => {
      const both = [...a].filter((one) => b.has(one)).length;
      const denominator =
        knn.similarity === 'cosine'
          ? Math.sqrt(a.size) * Math.sqrt(b.size)
          : both + alpha * (a.size - both) + beta * (b.size - both);
      return i === j || both === 0 ? 0 : both / (denominator + knn.shrink + 1e-6);
    });
    const order = [...weights.keys()].sort((x, y) => (weights[y] as number) - (weights[x] as number) || x - y);
    const kept = new Set(order.slice(0, knn.neighbours));
    return weights.map((weight, j) => (kept.has(j) ? weight : 0));
  });
}

describe.each(settings)('%j', (knn) => {
  test('item-knn', async () => {
    const { scorer } = await trained(folder, train, { name: 'item-knn', knn });
    const nearest = nearestWeights(byItem, knn);
    const wanted = byUser.map((own) =>
      nearest.map((weights) => [...own].reduce((sum, item) => sum + (weights[item] as number), 0)),
    );
    expectClose(await allScores(scorer, train.users), wanted, 1e-5);
  });

  test('user-knn', async () => {
    const { scorer } = await trained(folder, train, { name: 'user-knn', knn });
    const wanted = nearestWeights(byUser, knn).map((weights) =>
      Array.from({ length: train.items }, (_, item) =>
        weights.reduce((sum, weight, other) => sum + weight * dense.get(other, item), 0),
      ),
    );
    expectClose(await allScores(scorer, train.users), wanted, 1e-5);
  });
});

test('user-knn, votes reverse: those count who have the user among their own nearest', async () => {
  const knn = { similarity: 'tversky', neighbours: 4, shrink: 0, tversky_alpha: 0.3, tversky_beta: 1.7 };
  const { scorer } = await trained(folder, train, { name: 'user-knn', knn: { ...knn, votes: 'reverse' } });
  const nearest = nearestWeights(byUser, knn);
  const wanted = byUser.map((_, user) =>
    Array.from({ length: train.items }, (_item, item) =>
      nearest.reduce((sum, weights, other) => sum + (weights[user] as number) * dense.get(other, item), 0),
    ),
  );
  expectClose(await allScores(scorer, train.users), wanted, 1e-5);
});

test('the ratio model holds Jaccard and Dice, and is not symmetric', () => {
  expect(tversky(1, 1, 0)(2, 5, 4)).toBeCloseTo(2 / 7, 6);
  expect(tversky(0.5, 0.5, 0)(2, 5, 4)).toBeCloseTo(4 / 9, 6);
  expect(tversky(1, 0, 0)(2, 5, 4)).toBeCloseTo(2 / 5, 6);
  expect(tversky(1, 0, 0)(2, 4, 5)).toBeCloseTo(2 / 4, 6);
});

test('a set is like itself; shrinkage holds small ones down', () => {
  expect(cosine(0)(7, 7, 7)).toBeCloseTo(1, 6);
  expect(cosine(10)(1, 1, 1)).toBeLessThan(cosine(10)(50, 50, 50) / 5);
});
