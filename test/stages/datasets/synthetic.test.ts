import { describe, expect, test } from 'vitest';
import { entriesOf, idMapOf } from '../../../stages/datasets/id-map.ts';
import { interactionsOf } from '../../../stages/datasets/interactions.ts';
import { splitRatings } from '../../../stages/datasets/split-ratings.ts';
import { syntheticRatings } from '../../../stages/datasets/synthetic.ts';
import { evaluateScorer } from '../../../stages/metrics/evaluate-scorer.ts';
import { popularityScorer } from '../../../stages/models/popularity.ts';
import { temporaryFolder } from '../../helpers/run-stage.ts';
import { trained } from '../../helpers/trained-model.ts';

const folder = await temporaryFolder();

const movielens = { users: 943, items: 1682, ratings: 100_000, min_per_user: 20, factors: 8 };
const small = { users: 60, items: 120, ratings: 1500, min_per_user: 5, factors: 3 };

describe("of MovieLens 100K's shape", () => {
  const ratings = syntheticRatings(movielens, 1);

  test('has its sizes and its shares of stars, each pair once', () => {
    const stars = [1, 2, 3, 4, 5].map((star) => ratings.filter(({ rating }) => rating === star).length);
    expect(stars).toEqual([6110, 11370, 27145, 34174, 21201]);
    expect(new Set(ratings.map(({ user, item }) => `${user} ${item}`)).size).toBe(100_000);
    expect(new Set(ratings.map(({ item }) => item)).size).toBe(1682);
  });

  test('has long tails: few users and few items have most of the ratings', () => {
    const users = counts(ratings.map(({ user }) => user));
    const items = counts(ratings.map(({ item }) => item));
    // MovieLens 100K: users 20 … 65 (median) … 737, items 1 … 27 (median) … 583.
    expect([users.length, users[0]]).toEqual([943, expect.toSatisfy((least: number) => least >= 20)]);
    expect(users[471]).toBeGreaterThan(50);
    expect(users[471]).toBeLessThan(80);
    expect(users.at(-1)).toBeGreaterThan(600);
    expect(items[841]).toBeGreaterThan(20);
    expect(items[841]).toBeLessThan(40);
    expect(items.at(-1)).toBeGreaterThan(500);
  });

  test('holds tastes: collaborative filtering finds clearly more than popularity', async () => {
    const split = splitRatings(ratings, {
      method: 'random-global',
      test: 0.2,
      validation: 0,
      folds: 5,
      fold: 1,
      seed: 1,
    });
    const ids = idMapOf(split);
    const shape = { users: ids.users.length, items: ids.items.length };
    const matrix = (part: typeof split.train) =>
      interactionsOf(
        entriesOf(part, ids, () => 1),
        shape,
      );
    const train = matrix(split.train);
    const protocol = { truth: matrix(split.test), seen: train, candidates: shape.items, cutoffs: [10] };
    const ndcg = async (scorer: Parameters<typeof evaluateScorer>[0]) =>
      (await evaluateScorer(scorer, protocol)).means['ndcg@10'] as number;
    const popular = await ndcg(popularityScorer(train));
    const collaborative = await ndcg((await trained(folder, train, { name: 'item-knn' })).scorer);
    expect(popular).toBeGreaterThan(0.1);
    expect(collaborative).toBeGreaterThan(1.3 * popular);
  });
});

test('a seed is a data set', () => {
  expect(syntheticRatings(small, 1)).toEqual(syntheticRatings(small, 1));
  expect(syntheticRatings(small, 1)).not.toEqual(syntheticRatings(small, 2));
});

test.each([
  [{ ratings: 299 }, 'data.synthetic.ratings: 299 is not between 300'],
  [{ ratings: 4000 }, 'and 3120'],
  [{ users: 0 }, 'data.synthetic.users: 0 is no count'],
  [{ factors: 1.5 }, 'data.synthetic.factors'],
])('%j is refused', (wrong, message) => {
  expect(() => syntheticRatings({ ...small, ...wrong }, 1)).toThrowError(message);
});

test.each([300, 3120])('%i ratings, an extreme that is allowed, can be made', (ratings) => {
  const made = syntheticRatings({ ...small, ratings }, 1);
  expect(new Set(made.map(({ user, item }) => `${user} ${item}`)).size).toBe(ratings);
});

function counts(ids: readonly string[]): number[] {
  const byId = new Map<string, number>();
  for (const id of ids) byId.set(id, (byId.get(id) ?? 0) + 1);
  return [...byId.values()].sort((a, b) => a - b);
}
