/** What any correct protocol must show of models whose answer is known, on real data and on made-up data. */
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { type Entry, type Interactions, interactionsOf, itemsOf } from '../../stages/datasets/interactions.ts';
import { parseRatings } from '../../stages/datasets/parse-ratings.ts';
import { evaluateRandom, evaluateScorer } from '../../stages/metrics/evaluate-scorer.ts';
import { type EvaluateParams, protocolOf } from '../../stages/metrics/protocol.ts';
import { loadModel, trainModel } from '../../stages/models/index.ts';
import type { ModelParams, Scorer } from '../../stages/models/model.ts';
import { popularityScorer } from '../../stages/models/popularity.ts';
import { randomScorer } from '../../stages/models/random.ts';
import { stream } from '../../stages/random-stream.ts';
import { defaultParams } from '../helpers/default-params.ts';
import { needsRealData, realData, skipReason } from '../helpers/real-data.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const params = defaultParams().evaluate as EvaluateParams;
const leaked = { ...params, protocol: 'leaked', candidates: 'all' } as const;

/** A generator that gives back the matrix it was shown. */
function identityScorer(train: Interactions): Scorer {
  return {
    items: train.items,
    async scores(users) {
      const scores = new Float32Array(users.length * train.items);
      users.forEach((user, row) => {
        for (let i = train.rowStart[user] as number; i < (train.rowStart[user + 1] as number); i++)
          scores[row * train.items + (train.columns[i] as number)] = train.values[i] as number;
      });
      return scores;
    },
    dispose() {},
  };
}

/** Parts of a matrix, every fifth entry of a shuffled order held out. */
function split(entries: readonly Entry[], shape: { users: number; items: number }) {
  const shuffled = stream(5, 'gates').shuffle([...entries]);
  return {
    train: interactionsOf(
      shuffled.filter((_, i) => i % 5 !== 0),
      shape,
    ),
    known: [],
    truth: interactionsOf(
      shuffled.filter((_, i) => i % 5 === 0),
      shape,
    ),
  };
}

describe(`on MovieLens 100K${skipReason}`, needsRealData, async () => {
  const shape = { users: 943, items: 1682 };
  const format = { separator: 'tab', header: 'no', columns: ['user', 'item', 'rating', 'timestamp'] } as const;
  const text = needsRealData.skip ? '1\t1\t1\t1' : await readFile(realData('ml-100k/u.data'), 'utf8');
  const ratings = parseRatings(text, 'u.data', format);
  const entries = ratings.map(({ user, item, rating }) => ({ user: +user - 1, item: +item - 1, value: rating }));
  /** The notebook's matrix: (rating − 1) / 4, in which a rating of 1 is no entry. */
  const minmax = entries.map((entry) => ({ ...entry, value: (entry.value - 1) / 4 })).filter(({ value }) => value > 0);
  const parts = (rows: readonly Entry[]) => {
    const train = interactionsOf(rows, shape);
    return { train, known: [], truth: train };
  };

  test('leaked, the identity is perfect: NDCG 1 at every k, precision@20 below 1 by users with fewer positives', async () => {
    const own = parts(minmax);
    expect(own.train.columns.length).toBe(93_890);
    const few = Array.from({ length: shape.users }, (_, user) => itemsOf(own.train, user).length).filter((n) => n < 20);
    expect(few.length).toBe(42);
    const { means } = await evaluateScorer(identityScorer(own.train), protocolOf(leaked, own));
    for (const k of [5, 10, 20]) expect([means[`ndcg@${k}`], means[`map@${k}`]]).toEqual([1, 1]);
    expect([means['precision@5'], means['precision@10'], means['hit_rate@20']]).toEqual([1, 1, 1]);
    expect(means['precision@20']).toBeCloseTo(0.9948, 4);
    // Of all ratings each user has 20 at least.
    const all = parts(entries.map((entry) => ({ ...entry, value: 1 })));
    const whole = await evaluateScorer(identityScorer(all.train), protocolOf(leaked, all));
    expect(whole.means).toMatchObject({ 'precision@20': 1, 'ndcg@20': 1 });
  });

  test('held out, all the identity knows is masked: it scores as a model that knows nothing', async () => {
    const held = split(entries, shape);
    const protocol = protocolOf(params, held);
    const zero = {
      items: 1682,
      scores: async (users: Int32Array) => new Float32Array(users.length * 1682),
      dispose() {},
    };
    const [identity, nothing] = [
      await evaluateScorer(identityScorer(held.train), protocol),
      await evaluateScorer(zero, protocol),
    ];
    expect(identity).toEqual(nothing);
    // Ties go to the lower id, and MovieLens' lower ids are the better known: more than chance, far from a model.
    expect(identity.means['precision@20']).toBeLessThan(0.1);
    const popular = await evaluateScorer(popularityScorer(held.train), protocol);
    expect(identity.means['precision@20']).toBeLessThan((popular.means['precision@20'] as number) / 2);
  });

  test('leaked, random scores hit as often as the matrix is dense', async () => {
    const all = parts(entries);
    const protocol = protocolOf(leaked, all);
    const density = 100_000 / (943 * 1682);
    const expected = evaluateRandom(protocol).means;
    const drawn = await evaluateScorer(randomScorer(1682, 1), protocol);
    for (const k of [5, 10, 20]) {
      expect(expected[`precision@${k}`]).toBeCloseTo(density, 12);
      expect(Math.abs((drawn.means[`precision@${k}`] as number) - density)).toBeLessThan(0.006);
    }
    expect(density).toBeCloseTo(0.063, 3);
  });
});

test('held out on made-up data, the tie rule alone ranks what the identity leaves', async () => {
  const shape = { users: 60, items: 40 };
  const draw = stream(2, 'made-up');
  const cells = Array.from({ length: shape.users * shape.items }, (_, i) => i);
  const entries = draw
    .shuffle(cells)
    .slice(0, 700)
    .map((cell) => ({ user: Math.floor(cell / shape.items), item: cell % shape.items, value: 1 }));
  const held = split(entries, shape);
  const protocol = protocolOf(params, held);
  const { perUser, means } = await evaluateScorer(identityScorer(held.train), protocol);
  const chance = evaluateRandom(protocol).means;
  expect(Math.abs((means['precision@10'] as number) - (chance['precision@10'] as number))).toBeLessThan(0.02);
  // By hand: the first five items a user has not seen, in order.
  for (const { user, at } of perUser) {
    const seen = new Set(itemsOf(held.train, user));
    const first = Array.from({ length: shape.items }, (_, item) => item).filter((item) => !seen.has(item));
    const truth = new Set(itemsOf(held.truth, user));
    expect(at[0]?.precision).toBe(first.slice(0, 5).filter((item) => truth.has(item)).length / 5);
  }
});

/** Every user's own scores, which a mix-up of users would show. */
async function itemKnnScorer(train: Interactions): Promise<Scorer> {
  const folder = temporaryFolder();
  const model = { ...(defaultParams().model as ModelParams), name: 'item-knn' };
  await trainModel({
    ...{ train, validation: train, unliked: train, params: model, seed: 1, threads: 1, folder, checkpoint: '' },
    ...{ signal: new AbortController().signal, report() {}, progress() {} },
  });
  return loadModel(folder, { train, noiseSeed: null, threads: 1 });
}

describe('renaming changes nothing', () => {
  const shape = { users: 50, items: 30 };
  const draw = stream(3, 'renaming');
  const entries = draw
    .shuffle(Array.from({ length: shape.users * shape.items }, (_, i) => i))
    .slice(0, 500)
    .map((cell) => ({ user: Math.floor(cell / shape.items), item: cell % shape.items, value: 1 }));
  const order = draw.shuffle(Int32Array.from({ length: shape.users }, (_, i) => i));
  const renamed = entries.map((entry) => ({ ...entry, user: order[entry.user] as number }));

  const scorers = { popularity: async (train: Interactions) => popularityScorer(train), 'item-knn': itemKnnScorer };

  test.each(Object.entries(scorers))(
    'of users: every user keeps its scores, every mean its value: %s',
    async (_name, scorerOf) => {
      const [before, after] = [split(entries, shape), split(renamed, shape)];
      const [a, b] = [
        await evaluateScorer(await scorerOf(before.train), protocolOf(params, before)),
        await evaluateScorer(await scorerOf(after.train), protocolOf(params, after)),
      ];
      const later = new Map(b.perUser.map(({ user, at }) => [user, at]));
      for (const { user, at } of a.perUser) expect(later.get(order[user] as number)).toEqual(at);
      for (const [name, value] of Object.entries(a.means)) expect(b.means[name], name).toBeCloseTo(value, 12);
      const chance = [evaluateRandom(protocolOf(params, before)), evaluateRandom(protocolOf(params, after))] as const;
      for (const [name, value] of Object.entries(chance[0].means)) expect(chance[1].means[name]).toBeCloseTo(value, 12);
    },
  );
});
