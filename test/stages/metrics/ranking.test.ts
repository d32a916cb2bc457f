import { describe, expect, test } from 'vitest';
import { expectedAtRandom, metricNames, type RankingScores, scoresAt } from '../../../stages/metrics/ranking.ts';
import { stream } from '../../../stages/random-stream.ts';

const scoresOf = (k: number, ranked: readonly number[], relevant: ReadonlySet<number>): RankingScores =>
  scoresAt(
    k,
    ranked.map((item) => Number(relevant.has(item))),
    relevant.size,
  );

type List = readonly [ranked: readonly number[], relevant: readonly number[]];

/** Mean over users; those without a truth count 0, as in Spark, or are skipped, as here. */
function mean(lists: readonly List[], k: number, name: keyof RankingScores, empty: 'count' | 'skip'): number {
  const used = lists.filter(([, relevant]) => empty === 'count' || relevant.length > 0);
  const values = used.map(([ranked, relevant]) => scoresOf(k, ranked, new Set(relevant))[name]);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe("golden vectors of Spark's RankingMetricsSuite", () => {
  const lists: readonly List[] = [
    [
      [1, 6, 2, 7, 8, 3, 9, 10, 4, 5],
      [1, 2, 3, 4, 5],
    ],
    [
      [4, 1, 5, 6, 2, 7, 3, 8, 9, 10],
      [1, 2, 3],
    ],
    [[1, 2, 3, 4, 5], []],
  ];
  test.each([
    ['precision', 1, 1 / 3],
    ['precision', 2, 1 / 3],
    ['precision', 3, 1 / 3],
    ['precision', 4, 0.25],
    ['precision', 5, 0.8 / 3],
    ['precision', 10, 0.8 / 3],
    ['precision', 15, 8 / 45],
    ['ndcg', 3, 1 / 3],
    ['ndcg', 5, 0.328788],
    ['ndcg', 10, 0.487913],
    ['map', 1, 1 / 3],
    ['map', 2, 0.25],
    ['map', 3, 0.24074],
    ['map', 10, 0.355026], // Spark's uncut MAP: no list is longer, no truth larger
    ['recall', 1, 1 / 15],
    ['recall', 2, 8 / 45],
    ['recall', 3, 11 / 45],
    ['recall', 4, 11 / 45],
    ['recall', 5, 16 / 45],
    ['recall', 10, 2 / 3],
  ] as const)('%s@%i', (name, k, value) => {
    expect(mean(lists, k, name, 'count')).toBeCloseTo(value, 5);
    expect(mean(lists, k, name, 'skip')).toBeCloseTo((value * 3) / 2, 5);
  });

  test('lists shorter than k are measured against k', () => {
    const short: readonly List[] = [
      [
        [1, 6, 2],
        [1, 2, 3, 4, 5],
      ],
      [[], [1, 2, 3]],
    ];
    expect(mean(short, 1, 'precision', 'skip')).toBeCloseTo(0.5, 5);
    expect(mean(short, 2, 'precision', 'skip')).toBeCloseTo(0.25, 5);
    expect(mean(short, 1, 'ndcg', 'skip')).toBeCloseTo(0.5, 5);
    expect(mean(short, 2, 'ndcg', 'skip')).toBeCloseTo(0.30657, 5);
    expect(mean(short, 1, 'recall', 'skip')).toBeCloseTo(0.1, 5);
    expect(mean(short, 2, 'recall', 'skip')).toBeCloseTo(0.1, 5);
  });
});

describe('fixture of the 2022 CFGAN replication, at 5, worked out by hand', () => {
  const gain = (rank: number) => 1 / Math.log2(rank + 1);
  const ideal3 = gain(1) + gain(2) + gain(3);
  const ideal5 = ideal3 + gain(4) + gain(5);
  test.each([
    [[1, 2, 3, 4, 5, 6, 7], [1, 7, 2, 10, 12, 13], 2 / 5, 2 / 6, (gain(1) + gain(2)) / ideal5, 1, 2 / 5],
    [[5, 6, 8, 9, 4, 3, 1], [5, 7, 2], 1 / 5, 1 / 3, gain(1) / ideal3, 1, 1 / 3],
    [[0, 8, 6, 9, 4, 2, 5], [9, 10, 12, 15, 17], 1 / 5, 1 / 5, gain(4) / ideal5, 1 / 4, 1 / 4 / 5],
  ])('%j against %j', (ranked, relevant, precision, recall, ndcg, mrr, map) => {
    const scores = scoresOf(5, ranked, new Set(relevant));
    expect(scores.precision).toBeCloseTo(precision, 12);
    expect(scores.recall).toBeCloseTo(recall, 12);
    expect(scores.ndcg).toBeCloseTo(ndcg, 12);
    expect(scores.mrr).toBeCloseTo(mrr, 12);
    expect(scores.map).toBeCloseTo(map, 12);
    expect(scores.hit_rate).toBe(1);
  });
});

test('average precision is measured against the shorter of k and the truth', () => {
  expect(scoresOf(3, [1, 2, 3], new Set([1, 2, 3, 4, 5])).map).toBe(1);
  expect(scoresOf(3, [9, 1, 8], new Set([1])).map).toBe(1 / 2);
});

test('a hit rate is 0 without a hit', () => {
  expect(scoresOf(2, [9, 8, 1], new Set([1]))).toMatchObject({ hit_rate: 0, map: 0, mrr: 0 });
});

describe('expectedAtRandom', () => {
  test('is the mean over all orders of a small list', () => {
    const orders = permutations([0, 1, 2, 3, 4]);
    const relevant = new Set([1, 3, 9]);
    for (const k of [1, 2, 3, 5, 7])
      for (const name of metricNames) {
        const over = orders.map((order) => scoresOf(k, order, relevant)[name]);
        const average = over.reduce((sum, value) => sum + value, 0) / orders.length;
        expect(expectedAtRandom(k, 5, 2, 3)[name], `${name}@${k}`).toBeCloseTo(average, 12);
      }
  });
  test('the one candidate there is', () => {
    const one = { precision: 0.2, recall: 1, ndcg: 1, mrr: 1, map: 1, hit_rate: 1 };
    expect(expectedAtRandom(5, 1, 1, 1)).toEqual(one);
  });
  test('agrees with draws', () => {
    const draw = stream(1, 'test');
    const relevant = new Set(Array.from({ length: 12 }, (_, i) => i * 7));
    const items = Array.from({ length: 100 }, (_, i) => i);
    const draws = Array.from({ length: 4000 }, () => scoresOf(10, draw.shuffle([...items]), relevant));
    for (const name of metricNames) {
      const average = draws.reduce((sum, scores) => sum + scores[name], 0) / draws.length;
      expect(Math.abs(expectedAtRandom(10, 100, 12, 12)[name] - average)).toBeLessThan(0.015);
    }
  });
  test('nothing to find, or nothing to choose from, is 0', () => {
    const zero = { precision: 0, recall: 0, ndcg: 0, mrr: 0, map: 0, hit_rate: 0 };
    expect(expectedAtRandom(5, 10, 0, 0)).toEqual(zero);
    expect(expectedAtRandom(5, 0, 0, 3)).toEqual(zero);
    expect(expectedAtRandom(5, 10, 0, 3)).toEqual(zero);
  });
});

function permutations(values: readonly number[]): number[][] {
  if (values.length === 0) return [[]];
  return values.flatMap((value) =>
    permutations(values.filter((other) => other !== value)).map((rest) => [value, ...rest]),
  );
}
