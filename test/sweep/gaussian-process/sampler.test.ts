/** What the Gaussian process promises beyond the contract of samplers. */
import { describe, expect, test } from 'vitest';
import { type SeenTrial, samplerOf } from '../../../src/sweep/sampler.ts';
import { lossesOf, observedOf } from '../../../src/sweep/samplers/gaussian-process/losses.ts';
import { standardise } from '../../../src/sweep/samplers/gaussian-process/standardise.ts';
import { subsetOf } from '../../../src/sweep/samplers/gaussian-process/subset.ts';
import { gpSampler } from '../../../src/sweep/samplers/gp.ts';
import { contains, type Dimension, type Distribution, type Point, pointKey } from '../../../src/sweep/search-space.ts';
import { toUnit } from '../../../src/sweep/unit-interval.ts';

const float = (name: string, low: number, high: number, when: Dimension['when'] = {}): Dimension => ({
  name,
  distribution: { kind: 'float', low, high, log: false },
  when,
});
const plane = [float('x', -5, 10), float('y', 0, 15)];

/** Least value .397887, at three places. */
function branin(point: Point): number {
  const [x, y] = [point.x as number, point.y as number];
  const valley = y - (5.1 / (4 * Math.PI ** 2)) * x ** 2 + (5 / Math.PI) * x - 6;
  return valley ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10;
}

interface Study {
  readonly space: readonly Dimension[];
  readonly loss: (point: Point) => number | readonly number[];
  readonly count: number;
  readonly seed?: number;
  readonly type?: 'gp' | 'random';
}

/** One after the other, each complete before the next. */
async function studyOf({ space, loss, count, seed = 1, type = 'gp' }: Study): Promise<SeenTrial[]> {
  const sampler = await samplerOf({ type, seed, startupTrials: 8 }, space);
  const seen: SeenTrial[] = [];
  for (let number = 0; number < count; number++) {
    const point = sampler.suggest(number, seen) as Point;
    expect(contains(space, point), pointKey(point)).toBe(true);
    seen.push({ number, point, state: 'complete', losses: [loss(point)].flat() });
  }
  return seen;
}

const least = (seen: readonly SeenTrial[]) => Math.min(...seen.map(({ losses }) => losses?.[0] ?? Infinity));
const completed = (number: number, point: Point, loss: number): SeenTrial => ({
  number,
  point,
  state: 'complete',
  losses: [loss],
});

describe('what it finds', () => {
  test.each([1, 2])('a minimum, in a tenth of the trials that chance does not find it in (seed %i)', async (seed) => {
    const study = { space: plane, loss: branin, seed };
    expect(least(await studyOf({ ...study, count: 35 }))).toBeLessThan(0.3979 + 0.01);
    expect(least(await studyOf({ ...study, count: 350, type: 'random' }))).toBeGreaterThan(0.3979 + 0.01);
  });

  test('the category, the steps and the range that are best, where the range is there for one category alone', async () => {
    const categorical: Distribution = { kind: 'categorical', values: ['sgd', 'adam', null, 'lion'] };
    const space: Dimension[] = [
      { name: 'optimiser', distribution: categorical, when: {} },
      { name: 'layers', distribution: { kind: 'int', low: 1, high: 24, log: false, step: 1 }, when: {} },
      float('beta', 0, 1, { optimiser: ['adam'] }),
    ];
    const loss = ({ optimiser, layers, beta }: Point) =>
      ((layers as number) - 17) ** 2 / 50 +
      (optimiser === 'adam' ? 6 * ((beta as number) - 0.3) ** 2 : 0.6) +
      (optimiser === null ? 1 : 0);
    const best = (await studyOf({ space, loss, count: 40 })).sort((a, b) => least([a]) - least([b]))[0];
    expect(best?.point).toMatchObject({ optimiser: 'adam', layers: 17 });
    expect(Math.abs((best?.point.beta as number) - 0.3)).toBeLessThan(0.05);
  });

  test('of two losses the trade-offs: most points lie between the two optima, and near either', async () => {
    const space = [float('x', 0, 1)];
    const loss = ({ x }: Point) => [((x as number) - 0.4) ** 2, 100 * ((x as number) - 0.6) ** 2];
    const places = (await studyOf({ space, loss, count: 32 })).slice(8).map(({ point }) => point.x as number);
    expect(places.filter((x) => x > 0.38 && x < 0.62).length).toBeGreaterThan(20);
    expect([Math.min(...places) < 0.45, Math.max(...places) > 0.55]).toEqual([true, true]);
  });
});

describe('what is asked while others run', () => {
  const distance = (a: Point, b: Point) =>
    Math.hypot(
      ...plane.map(
        ({ name, distribution }) => toUnit(distribution, a[name] ?? null) - toUnit(distribution, b[name] ?? null),
      ),
    );

  test.each(['running', 'failed'] as const)('is apart from those that are %s', async (state) => {
    const seen = await studyOf({ space: plane, loss: branin, count: 12 });
    const sampler = gpSampler(plane, { seed: 1, startupTrials: 8 });
    for (let number = 12; number < 20; number++)
      seen.push({ number, point: sampler.suggest(number, seen) as Point, state });
    const asked = seen.slice(12).map(({ point }) => point);
    const distances = asked.flatMap((a, i) => asked.slice(i + 1).map((b) => distance(a, b)));
    expect(Math.min(...distances)).toBeGreaterThan(0.01);
  });

  test('the space is gone through before a point is taken again', () => {
    const space: Dimension[] = [
      { name: 'a', distribution: { kind: 'int', low: 1, high: 12, log: false, step: 1 }, when: {} },
    ];
    const sampler = gpSampler(space, { seed: 1, startupTrials: 1 });
    const seen: SeenTrial[] = [];
    for (let number = 0; number < 12; number++) {
      const point = sampler.suggest(number, seen) as Point;
      seen.push(completed(number, point, point.a as number));
    }
    expect(new Set(seen.map(({ point }) => pointKey(point))).size).toBe(12);
    expect(contains(space, sampler.suggest(12, seen) as Point)).toBe(true);
  });
});

describe('what it makes of losses', () => {
  test('a pruned trial counts with its loss, but as no better than the median of the complete ones', () => {
    const trials = [3, 1, 2].map((loss, number) => completed(number, {}, loss));
    const pruned = [0.1, 7].map((loss, i): SeenTrial => ({ ...completed(3 + i, {}, loss), state: 'pruned' }));
    const others: SeenTrial[] = [
      { number: 5, point: {}, state: 'failed' },
      { number: 6, point: {}, state: 'running' },
    ];
    expect([...lossesOf(observedOf([...trials, ...pruned, ...others]), 1, 7)]).toEqual([3, 1, 2, 2, 7]);
  });

  test('a pruned trial of several metrics, whose other losses nobody knows, is not learnt from', () => {
    const complete = [0, 1, 2].map((n): SeenTrial => ({ number: n, point: {}, state: 'complete', losses: [n, 5 - n] }));
    const pruned: SeenTrial = { number: 3, point: {}, state: 'pruned', losses: [0.5] };
    const losses = lossesOf(observedOf([pruned, ...complete]), 1, 7);
    expect(losses).toHaveLength(3);
    expect([...losses].every(Number.isFinite)).toBe(true);
  });

  test('one scale, whatever unit they are in; bad ones are drawn together, and order stays', () => {
    // 9 to 1000 is 991 times 1 to 2
    const losses = Float64Array.of(1, 2, 3, 5, 9, 1000);
    const { y, noise } = standardise(losses, new Float64Array(6).fill(0.1));
    expect(y).toEqual(y.toSorted());
    expect(y.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0);
    expect((y[5] as number) - (y[4] as number)).toBeLessThan(15 * ((y[1] as number) - (y[0] as number)));
    const other = standardise(
      losses.map((loss) => 4 + 512 * loss),
      new Float64Array(6).fill(51.2),
    );
    for (const i of losses.keys()) {
      expect(other.y[i]).toBeCloseTo(y[i] as number, 9);
      expect(other.noise[i]).toBeCloseTo(noise[i] as number, 9);
    }
  });

  test('noise is carried over by the slope of the scale', () => {
    const losses = Float64Array.of(1, 2, 3, 5, 9, 40);
    const { noise } = standardise(losses, new Float64Array(6).fill(1e-6));
    const { y } = standardise(losses, new Float64Array(6));
    const { y: moved } = standardise(losses.with(4, 9 + 1e-6), new Float64Array(6));
    const change = (moved[4] as number) - (moved[0] as number) - (y[4] as number) + (y[0] as number);
    expect(Math.sqrt(noise[4] as number) / change).toBeCloseTo(1, 0);
  });

  test.each([[[5, 5, 5]], [[-1.7e308, 0, 1.7e308]], [[0, 5e-324, 1e-320]], [[1, 1, 1, 1, 2]]])(
    '%j stays finite',
    (losses) => {
      const { y, noise } = standardise(Float64Array.from(losses), new Float64Array(losses.length).fill(1));
      expect([...y, ...noise].every(Number.isFinite)).toBe(true);
    },
  );
});

test('of many trials the model takes the best, the latest and some of all others', () => {
  const losses = Float64Array.from({ length: 1000 }, (_, i) => (i * 7919) % 1000);
  const subset = subsetOf(losses, 200);
  expect(new Set(subset).size).toBe(200);
  expect(subset).toEqual(subset.toSorted((a, b) => a - b));
  expect(subset.filter((i) => (losses[i] as number) < 100).length).toBe(100);
  expect(subset.filter((i) => i >= 940).length).toBeGreaterThan(45);
  for (let from = 0; from < 900; from += 100)
    expect(subset.some((i) => i >= from && i < from + 100 && (losses[i] as number) >= 100)).toBe(true);
  expect(subsetOf(losses.subarray(0, 200), 200)).toEqual([...Array(200).keys()]);
});
