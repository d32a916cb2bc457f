/** What the tree-structured Parzen estimator promises beyond the contract of samplers. Seeds are fixed. */
import { describe, expect, test } from 'vitest';
import { type SamplerSpec, type SeenTrial, samplerOf, type TpeSettings } from '../../src/sweep/sampler.ts';
import { randomPoint } from '../../src/sweep/samplers/random.ts';
import { splitTrials } from '../../src/sweep/samplers/tpe/split.ts';
import { tpeDefaults } from '../../src/sweep/samplers/tpe.ts';
import type { Dimension, Distribution, Point, SearchSpace } from '../../src/sweep/search-space.ts';

const unit: Distribution = { kind: 'float', low: 0, high: 1, log: false };
const dimension = (name: string, distribution: Distribution = unit, when: Dimension['when'] = {}): Dimension => ({
  ...{ name, distribution, when },
});
const tpe = (seed: number, more: Partial<TpeSettings> = {}) => ({
  type: 'tpe' as const,
  seed,
  ...tpeDefaults,
  ...more,
});
const seeds = [1, 2, 3, 4, 5];

/** One after the other; all complete. */
async function study(spec: SamplerSpec, space: SearchSpace, trials: number, losses: (point: Point) => number[]) {
  const sampler = await samplerOf(spec, space);
  const seen: SeenTrial[] = [];
  for (let number = 0; number < trials; number++) {
    const point = sampler.suggest(number, seen) ?? {};
    seen.push({ number, point, state: 'complete', losses: losses(point) });
  }
  return seen;
}

const lowest = (seen: readonly SeenTrial[]) => Math.min(...seen.map(({ losses }) => losses?.[0] ?? Infinity));
const number = (point: Point | undefined, name: string) => point?.[name] as number;
const distance = (point: Point, to: number) =>
  Object.values(point).reduce<number>((sum, value) => sum + ((value as number) - to) ** 2, 0);

describe('finds', () => {
  const cube = ['x', 'y', 'z'].map((name) => dimension(name));

  test.each([true, false])('a minimum far closer than chance does (multivariate: %s)', async (multivariate) => {
    const bowl = (point: Point) => [distance(point, 0.3)];
    const mean = async (spec: (seed: number) => SamplerSpec) => {
      const found = seeds.map(async (seed) => lowest(await study(spec(seed), cube, 80, bowl)));
      return (await Promise.all(found)).reduce((sum, one) => sum + one / seeds.length, 0);
    };
    const byChance = await mean((seed) => ({ type: 'random', seed }));
    expect(await mean((seed) => tpe(seed, { multivariate }))).toBeLessThan(byChance / 4);
  });

  test('the better choice, and the whole number and the power of ten that go with it', async () => {
    const space = [
      dimension('kind', { kind: 'categorical', values: ['a', 'b', 'c', 'd'] }),
      dimension('size', { kind: 'int', low: 0, high: 100, log: false, step: 5 }),
      dimension('rate', { kind: 'float', low: 1e-6, high: 1, log: true }),
    ];
    const loss = ({ kind, size, rate }: Point) =>
      (kind === 'c' ? 0 : 1) + Math.abs((size as number) - 70) / 100 + Math.abs(Math.log10(rate as number) + 4) / 6;
    for (const seed of seeds) {
      const late = (await study(tpe(seed), space, 80, (point) => [loss(point)])).slice(40);
      const share = (holds: (point: Point) => boolean) => late.filter(({ point }) => holds(point)).length / late.length;
      expect(share(({ kind }) => kind === 'c')).toBeGreaterThan(0.5); // by chance .25
      expect(share(({ size }) => Math.abs((size as number) - 70) <= 15)).toBeGreaterThan(0.5); // .33
      expect(share(({ rate }) => Math.abs(Math.log10(rate as number) + 4) <= 1)).toBeGreaterThan(0.5); // .33
    }
  });

  test('with several losses, points between which there is no choice', async () => {
    const two = (point: Point) => [distance(point, 0.2), distance(point, 0.8)];
    // The Pareto set is the diagonal between the two minima.
    const off = ({ point }: SeenTrial) => {
      const [x, y, z] = [number(point, 'x'), number(point, 'y'), number(point, 'z')];
      return Math.max(x, y, z) - Math.min(x, y, z);
    };
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    for (const seed of seeds) {
      const seen = await study(tpe(seed), cube, 100, two);
      const late = seen.slice(60).map(off);
      expect(mean(late)).toBeLessThan(0.35); // .5 by chance
    }
  });
});

describe('what is conditional', () => {
  const space = [
    dimension('kind', { kind: 'categorical', values: ['a', 'b'] }),
    dimension('x', unit, { kind: ['a'] }),
    dimension('common'),
    dimension('y', unit, { kind: ['b'] }),
    dimension('z', unit, { kind: ['b'] }),
  ];

  test('is learned from the trials that have it', async () => {
    const loss = (point: Point) =>
      point.kind === 'a' ? 0.5 : (number(point, 'y') - 0.2) ** 2 + (number(point, 'z') - number(point, 'y')) ** 2;
    for (const seed of seeds) {
      const seen = await study(tpe(seed), space, 80, (point) => [loss(point)]);
      expect(lowest(seen)).toBeLessThan(0.002);
      expect(seen.slice(40).filter(({ point }) => point.kind === 'b').length).toBeGreaterThan(25);
    }
  });

  test('is drawn at random where too few trials had it, while the rest is not', async () => {
    const points = Array.from({ length: 40 }, (_, at) => randomPoint(space, 7, at));
    const seen = points
      .map((point, number): SeenTrial => ({ number, point, state: 'complete', losses: [number] }))
      .filter(({ point }, at) => point.kind === 'a' || at < 5);
    const sampler = await samplerOf(tpe(1), space);
    const asked = Array.from({ length: 60 }, (_, at) => [at + 100, sampler.suggest(at + 100, seen) ?? {}] as const);
    const ofB = asked.filter(([, { kind }]) => kind === 'b');
    expect(ofB.length).toBeGreaterThan(0);
    for (const [trial, { y, z, common }] of ofB) {
      const unconditional = space.map((one) => ({ ...one, when: {} }));
      const drawn = randomPoint(unconditional, 1, trial);
      expect({ y, z }).toEqual({ y: drawn.y, z: drawn.z });
      expect(common).not.toBe(drawn.common);
    }
  });
});

describe('what was seen', () => {
  const space = [dimension('x'), dimension('y')];
  const finished = Array.from({ length: 40 }, (_, number): SeenTrial => {
    const point = randomPoint(space, 3, number);
    return { number, point, state: 'complete', losses: [distance(point, 0.5)] };
  });
  const all = (points: readonly Point[], state: SeenTrial['state'] = 'running') =>
    points.map((point, at): SeenTrial => ({ number: 100 + at, point, state }));

  /** Asks so many at once: each sees the ones before it run. */
  async function atOnce(spec: SamplerSpec, count: number): Promise<Point[]> {
    const sampler = await samplerOf(spec, space);
    const points: Point[] = [];
    for (let at = 0; at < count; at++) points.push(sampler.suggest(100 + at, [...finished, ...all(points)]) ?? {});
    return points;
  }

  /** From each point to the nearest other, in the mean. */
  const apart = (points: readonly Point[]) => {
    const nearest = points.map((a) =>
      Math.min(
        ...points
          .filter((b) => b !== a)
          .map((b) => Math.hypot(number(a, 'x') - number(b, 'x'), number(a, 'y') - number(b, 'y'))),
      ),
    );
    return nearest.reduce((sum, one) => sum + one, 0) / points.length;
  };

  test('the constant liar keeps what runs at once apart', async () => {
    for (const seed of seeds) {
      const lied = apart(await atOnce(tpe(seed, { constantLiar: true }), 10));
      expect(lied).toBeGreaterThan(apart(await atOnce(tpe(seed, { constantLiar: false }), 10)));
    }
  });

  test('without it, what runs changes nothing; what failed never does', async () => {
    const sampler = await samplerOf(tpe(1, { constantLiar: false }), space);
    const lying = await samplerOf(tpe(1), space);
    const others = [
      { x: 0.5, y: 0.5 },
      { x: 0.4, y: 0.6 },
    ];
    expect(sampler.suggest(200, [...finished, ...all(others)])).toEqual(sampler.suggest(200, finished));
    expect(lying.suggest(200, [...finished, ...all(others, 'failed')])).toEqual(lying.suggest(200, finished));
  });

  test('before enough are finished, points are random; those that run or failed are not counted', async () => {
    const sampler = await samplerOf(tpe(1), space);
    const few = [
      ...finished.slice(0, 9),
      ...all(finished.map(({ point }) => point)),
      ...all([{ x: 0, y: 0 }], 'failed'),
    ];
    expect(sampler.suggest(9, few)).toEqual(randomPoint(space, 1, 9));
    expect(sampler.suggest(10, finished.slice(0, 10))).not.toEqual(randomPoint(space, 1, 10));
  });

  test('losses and points that are all alike, or huge, do no harm', async () => {
    const sampler = await samplerOf(tpe(1), space);
    for (const loss of [0, Number.MAX_VALUE, -Number.MAX_VALUE]) {
      const alike = finished.map((trial): SeenTrial => ({ ...trial, point: { x: 1, y: 0 }, losses: [loss] }));
      const point = sampler.suggest(40, alike) ?? {};
      for (const name of ['x', 'y']) expect(number(point, name)).toBeGreaterThanOrEqual(0);
      for (const name of ['x', 'y']) expect(number(point, name)).toBeLessThanOrEqual(1);
    }
  });
});

describe('the good trials', () => {
  const trial = (number: number, state: SeenTrial['state'], losses?: number[], step?: number): SeenTrial => ({
    ...{ number, state, point: {} },
    ...(losses === undefined ? {} : { losses }),
    ...(step === undefined ? {} : { step }),
  });
  const goodOf = (trials: readonly SeenTrial[]) => splitTrials(trials).good.map((one) => one.number);

  test('are complete ones first, then pruned ones by how far they got, then by loss', () => {
    const pruned = [
      trial(0, 'pruned', [0.1], 1),
      trial(1, 'pruned'),
      trial(2, 'pruned', [0.9], 5),
      trial(3, 'pruned', [0.8], 5),
      ...Array.from({ length: 15 }, (_, at) => trial(10 + at, 'pruned', [0.5], 2)),
    ];
    expect(goodOf([...pruned, trial(30, 'complete', [9])])).toEqual([2, 3, 30]);
    expect(goodOf([...pruned, trial(30, 'running'), trial(31, 'running')])).toEqual([2, 3, 10]);
  });

  test('of several losses are the Pareto fronts, of the last those that lie farthest apart', () => {
    const losses = Array.from({ length: 11 }, (_, at) => [at, 10 - at]); // one front
    const behind = Array.from({ length: 9 }, (_, at) => [at + 20, 20]);
    const crowd = [...losses, ...behind].map((pair, at) => trial(at, 'complete', pair));
    expect(goodOf(crowd)).toHaveLength(3);
    expect(goodOf(crowd)).toContain(0);
    expect(goodOf(crowd)).toContain(10);
    const more = [...crowd, ...Array.from({ length: 60 }, (_, at) => trial(100 + at, 'complete', [50, 50 + at]))];
    expect(goodOf(more)).toEqual([...Array(12).keys()]);
  });
});

test('of very many trials not all are modelled: those that run, the good ones, and some of the others', () => {
  const trials = Array.from({ length: 20_000 }, (_, number): SeenTrial => {
    const point = { x: number / 20_000 };
    return number % 100 === 0
      ? { number, point, state: 'running' }
      : { number, point, state: 'complete', losses: [number] };
  });
  const { good, bad } = splitTrials(trials);
  expect(good.map(({ number }) => number)).toEqual(Array.from({ length: 26 }, (_, at) => at).slice(1));
  expect(bad).toHaveLength(5_000);
  expect(bad.filter(({ state }) => state === 'running')).toHaveLength(200);
  expect(bad.at(-1)?.number).toBeGreaterThan(19_900);
});
