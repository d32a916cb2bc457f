import { describe, expect, test } from 'vitest';
import { type Entry, interactionsOf } from '../../../stages/datasets/interactions.ts';
import { evaluateRandom, evaluateScorer } from '../../../stages/metrics/evaluate-scorer.ts';
import { type EvaluateParams, protocolOf } from '../../../stages/metrics/protocol.ts';
import type { Scorer } from '../../../stages/models/model.ts';
import { popularityScorer } from '../../../stages/models/popularity.ts';
import { randomScorer } from '../../../stages/models/random.ts';
import { stream } from '../../../stages/random-stream.ts';

const params: EvaluateParams = {
  protocol: 'held-out',
  k: [1, 3],
  relevance: 0,
  candidates: 'train',
  noise: 'draw',
  noise_seed: 1,
};
const entry = (user: number, item: number, value = 1): Entry => ({ user, item, value });
const fixed = (rows: readonly (readonly number[])[]): Scorer => ({
  items: rows[0]?.length ?? 0,
  scores: async (users) => Float32Array.from(Array.from(users).flatMap((user) => rows[user] ?? [])),
  dispose() {},
});
const shape = { users: 3, items: 4 };
const train = interactionsOf([entry(0, 0), entry(1, 1), entry(2, 2)], shape);

describe('held-out', () => {
  test('what was known is never recommended; users without a truth are skipped', async () => {
    const truth = interactionsOf([entry(0, 1, 5), entry(1, 3, 2)], shape);
    const unliked = interactionsOf([entry(0, 3)], shape);
    const protocol = protocolOf(params, { train, known: [unliked], truth });
    const scorer = fixed([
      [9, 1, 2, 8],
      [9, 8, 7, 6],
      [1, 1, 1, 1],
    ]);
    const { perUser, means } = await evaluateScorer(scorer, protocol);
    expect(perUser.map(({ user }) => user)).toEqual([0, 1]);
    // User 0 may be shown 2 and 1, user 1 may be shown 0, 2 and 3.
    expect(perUser[0]?.at[1]).toMatchObject({ precision: 1 / 3, recall: 1, mrr: 1 / 2 });
    expect(perUser[1]?.at[1]).toMatchObject({ precision: 1 / 3, recall: 1, mrr: 1 / 3 });
    expect(means).toMatchObject({ 'precision@1': 0, 'mrr@3': (1 / 2 + 1 / 3) / 2 });
  });

  test('ratings below the relevance threshold are no truth', () => {
    const truth = interactionsOf([entry(0, 1, 5), entry(1, 3, 2)], shape);
    const protocol = protocolOf({ ...params, relevance: 4 }, { train, known: [], truth });
    expect([protocol.truth.columns.length, protocol.irrelevant]).toEqual([1, 1]);
  });

  test('a truth beyond the training items is left out and counted, or kept with all items as candidates', async () => {
    const truth = interactionsOf([entry(0, 1), entry(0, 5), entry(3, 1)], { users: 4, items: 6 });
    const narrow = protocolOf(params, { train, known: [], truth });
    expect([narrow.candidates, narrow.unreachable]).toEqual([4, 1]);
    const wide = protocolOf({ ...params, candidates: 'all' }, { train, known: [], truth });
    expect([wide.candidates, wide.unreachable]).toEqual([6, 0]);
    const { perUser } = await evaluateScorer(popularityScorer(train), wide);
    // User 3 has no row in the training part: no model can score it.
    expect(perUser.map(({ user, at }) => [user, at[1]?.recall])).toEqual([[0, 1 / 2]]);
  });

  test('coverage: of the candidates, those recommended to anybody', async () => {
    const truth = interactionsOf([entry(0, 1), entry(1, 3)], shape);
    const { means, perUser } = await evaluateScorer(
      popularityScorer(train),
      protocolOf(params, { train, known: [], truth }),
    );
    // At 1: user 0 is shown 1, user 1 is shown 0. At 3: user 0 1, 2, 3 and user 1 0, 2, 3.
    expect(means).toMatchObject({ 'item_coverage@1': 2 / 4, 'item_coverage@3': 1 });
    expect(perUser[0]?.at[0]).not.toHaveProperty('item_coverage');
  });

  test('NaN scores are counted', async () => {
    const truth = interactionsOf([entry(0, 1)], shape);
    const evaluation = await evaluateScorer(
      fixed([[0, Number.NaN, Number.NaN, 0]]),
      protocolOf(params, { train, known: [], truth }),
    );
    expect(evaluation.notFinite).toBe(2);
    expect(evaluation.means['recall@1']).toBe(0);
  });

  test('nothing to find gives no means rather than NaN', async () => {
    const protocol = protocolOf(params, { train, known: [], truth: interactionsOf([], shape) });
    expect(await evaluateScorer(popularityScorer(train), protocol)).toEqual({ perUser: [], means: {}, notFinite: 0 });
  });
});

test('leaked: the truth is the training matrix, so the matrix itself is a perfect answer', async () => {
  const protocol = protocolOf(
    { ...params, protocol: 'leaked' },
    { train, known: [train], truth: interactionsOf([], shape) },
  );
  const identity = fixed([
    [1, 0, 0, 0],
    [0, 1, 0, 0],
    [0, 0, 1, 0],
  ]);
  expect((await evaluateScorer(identity, protocol)).means).toMatchObject({ 'precision@1': 1, 'ndcg@3': 1, 'mrr@1': 1 });
  const heldOut = protocolOf(params, { train, known: [], truth: interactionsOf([entry(0, 3)], shape) });
  // Held out, all that it knows is masked and only the tie rule ranks: 1, 2, 3.
  expect((await evaluateScorer(identity, heldOut)).means).toMatchObject({ 'precision@1': 0, 'mrr@3': 1 / 3 });
});

test.each([
  [{ k: [] }, 'evaluate.k'],
  [{ k: [5, 5] }, 'evaluate.k'],
  [{ k: [0] }, 'evaluate.k'],
  [{ protocol: 'leeked' as 'leaked' }, 'evaluate.protocol: there is no "leeked"; there are: leaked, held-out'],
  [{ candidates: 'some' as 'all' }, 'evaluate.candidates'],
])('%j is refused', (wrong, message) => {
  expect(() => protocolOf({ ...params, ...wrong }, { train, known: [], truth: train })).toThrow(message);
});

describe('on a random matrix', () => {
  const size = { users: 200, items: 60 };
  const draw = stream(7, 'matrix');
  const pairs = Array.from({ length: size.users * size.items }, (_, i) =>
    entry(Math.floor(i / size.items), i % size.items),
  );
  const shuffled = draw.shuffle(pairs);
  const parts = {
    train: interactionsOf(shuffled.slice(0, 3000), size),
    known: [],
    truth: interactionsOf(shuffled.slice(3000, 4500), size),
  };

  test('the expectation at random is what random scores give', async () => {
    const protocol = protocolOf({ ...params, k: [10] }, parts);
    const runs = await Promise.all(
      [1, 2, 3, 4, 5].map((seed) => evaluateScorer(randomScorer(size.items, seed), protocol)),
    );
    const expected = evaluateRandom(protocol).means;
    expect(Object.keys(expected)).toEqual(Object.keys(runs[0]?.means ?? {}));
    for (const name of Object.keys(expected)) {
      const drawn = runs.reduce((sum, { means }) => sum + (means[name] ?? Number.NaN), 0) / runs.length;
      expect(Math.abs(drawn - (expected[name] ?? Number.NaN)), name).toBeLessThan(0.02);
    }
  });

  test('the expected coverage is what random scores cover, with few users too', async () => {
    const few = interactionsOf(
      shuffled.slice(3000, 4500).filter(({ user }) => user < 3),
      size,
    );
    const protocol = protocolOf({ ...params, k: [4, 10, 60] }, { ...parts, truth: few });
    const seeds = Array.from({ length: 400 }, (_, seed) => seed);
    const runs = await Promise.all(seeds.map((seed) => evaluateScorer(randomScorer(size.items, seed), protocol)));
    const expected = evaluateRandom(protocol).means;
    for (const k of [4, 10, 60]) {
      const name = `item_coverage@${k}`;
      const drawn = runs.reduce((sum, { means }) => sum + (means[name] ?? Number.NaN), 0) / runs.length;
      expect(Math.abs(drawn - (expected[name] ?? Number.NaN)), name).toBeLessThan(0.005);
    }
  });

  test('renumbering the users changes no mean', async () => {
    const order = draw.shuffle(Int32Array.from({ length: size.users }, (_, i) => i));
    const renumbered = (rows: readonly Entry[]) => rows.map((row) => ({ ...row, user: order[row.user] as number }));
    const other = {
      train: interactionsOf(renumbered(shuffled.slice(0, 3000)), size),
      known: [],
      truth: interactionsOf(renumbered(shuffled.slice(3000, 4500)), size),
    };
    const [before, after] = await Promise.all(
      [parts, other].map((each) => evaluateScorer(popularityScorer(each.train), protocolOf(params, each))),
    );
    for (const [name, value] of Object.entries(before?.means ?? {})) expect(after?.means[name]).toBeCloseTo(value, 12);
  });

  test('an aborted signal stops it', async () => {
    const protocol = protocolOf(params, parts);
    await expect(
      evaluateScorer(popularityScorer(parts.train), protocol, { signal: AbortSignal.abort() }),
    ).rejects.toThrow();
  });
});
