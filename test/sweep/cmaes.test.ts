/** What CMA-ES promises beyond the contract of every sampler. */
import { describe, expect, test } from 'vitest';
import { randomStream } from '../../src/random.ts';
import { type CmaEsSettings, type SamplerSpec, type SeenTrial, samplerOf } from '../../src/sweep/sampler.ts';
import { initialDistribution, updated } from '../../src/sweep/samplers/cmaes/distribution.ts';
import { cellWidth, withMargin } from '../../src/sweep/samplers/cmaes/margin.ts';
import { afterGeneration, firstRun } from '../../src/sweep/samplers/cmaes/run.ts';
import { defaultPopulation, strategyOf } from '../../src/sweep/samplers/cmaes/strategy.ts';
import { randomPoint } from '../../src/sweep/samplers/random.ts';
import type { Distribution, Point, SearchSpace } from '../../src/sweep/search-space.ts';

const unit: Distribution = { kind: 'float', low: 0, high: 1, log: false };
const cube = (count: number, distribution = unit): SearchSpace =>
  Array.from({ length: count }, (_, at) => ({ name: `x${at}`, when: {}, distribution }));
const specOf = (settings: Partial<CmaEsSettings> = {}): SamplerSpec => ({
  ...{ type: 'cmaes', seed: 1, startupTrials: 0, sigma: 1 / 6 },
  ...settings,
});

/** @param behind so many of those before a trial still run when it is asked for, as with parallel workers */
async function searched(
  spec: SamplerSpec,
  space: SearchSpace,
  lossAt: (x: readonly number[], point: Point) => number,
  count: number,
  behind = 0,
): Promise<readonly SeenTrial[]> {
  const sampler = await samplerOf(spec, space);
  const seen: SeenTrial[] = [];
  for (let number = 0; number < count; number++) {
    const known = seen.map((trial, at): SeenTrial => {
      const { point } = trial;
      return at < number - behind ? trial : { number: at, point, state: 'running' };
    });
    const point = sampler.suggest(number, known) as Point;
    const loss = lossAt(Object.values(point) as number[], point);
    seen.push({ number, point, state: 'complete', losses: [loss] });
  }
  return seen;
}

const least = (seen: readonly SeenTrial[]) => Math.min(...seen.map(({ losses }) => losses?.[0] ?? Infinity));
const squares = (x: readonly number[], centre: number) => x.reduce((sum, value) => sum + (value - centre) ** 2, 0);

// cmaes 0.13.1, its rank-μ rate replaced by that of the tutorial's second version (2023), which adds 1/4.
describe('equations: as another implementation has them', () => {
  const close = (values: readonly number[], expected: readonly number[]) => {
    expect(values).toHaveLength(expected.length);
    for (const [at, value] of values.entries()) expect(value).toBeCloseTo(expected[at] ?? NaN, 8);
  };

  test('constants of three dimensions and six trials', () => {
    const strategy = strategyOf(3, 6);
    close(
      strategy.weights,
      [0.637042571241, 0.284570257438, 0.078387171321, -0.286383782597, -0.764958094085, -1.155981778159],
    );
    close(
      [strategy.effective, strategy.stepRate, strategy.stepDamping, strategy.pathRate],
      [2.02861146461, 0.401711790194, 1.401711790194, 0.559862978601],
    );
    close(
      [strategy.rankOneRate, strategy.rankMuRate, strategy.expectedLength],
      [0.097472482651, 0.05709205471, 1.59687753026],
    );
    expect([1, 2, 5, 10].map(defaultPopulation)).toEqual([4, 6, 8, 10]);
  });

  test('two generations', () => {
    const ranked = [
      [0.42, 0.61, 0.55],
      [0.38, 0.5, 0.7],
      [0.6, 0.44, 0.52],
      [0.55, 0.71, 0.4],
      [0.3, 0.35, 0.45],
      [0.7, 0.4, 0.62],
    ];
    const lower = ranked.map((point) => point.map((value) => value - 0.03));
    const first = updated(initialDistribution([0.5, 0.5, 0.5], 0.2), strategyOf(3, 6), ranked);
    const second = updated(first, strategyOf(3, 6), lower);
    close([...first.mean, first.step], [0.42272688054, 0.565371452557, 0.590333923476, 0.172545898405]);
    close([...second.mean, second.step], [0.39272688054, 0.535371452557, 0.560333923476, 0.142125980915]);
    close(second.stepPath, [-0.506963858027, 0.015170316894, 0.09591170907]);
    close(second.path, [-0.439845740603, -0.038373635596, 0.031883056294]);
    close(second.covariance.getRow(0), [0.673861060152, 0.003328833207, -0.142164572456]);
    close(second.covariance.diagonal(), [0.673861060152, 0.737932205591, 0.888641733545]);
  });

  test('a point from far away moves the mean no further than a draw could', () => {
    const strategy = strategyOf(2, 4);
    const near = [
      [0.5, 0.501],
      [0.499, 0.5],
      [0.5, 0.499],
    ];
    const { mean } = updated(initialDistribution([0.5, 0.5], 0.001), strategy, [[1, 1], ...near]);
    expect(Math.hypot((mean[0] ?? 0) - 0.5, (mean[1] ?? 0) - 0.5)).toBeLessThan(0.001 * (Math.SQRT2 + 1));
  });
});

describe('what it finds', () => {
  test.each([1, 2, 3])('a turned ellipsoid of axes 1 to 1000, to 10^-6 in 600 evaluations (seed %i)', async (seed) => {
    const ellipsoid = ([x = 0, y = 0, z = 0]: readonly number[]) => {
      const [a, b, c] = [x - 0.3, y - 0.6, z - 0.7];
      return (a + b + c) ** 2 + 1000 * (a - b) ** 2 + 30 * (a + b - 2 * c) ** 2;
    };
    expect(least(await searched(specOf({ seed }), cube(3), ellipsoid, 600))).toBeLessThan(1e-6);
  });

  test('only the order of losses counts, so far as it has not converged', async () => {
    const plain = await searched(specOf(), cube(3), (x) => squares(x, 0.3), 120);
    const warped = await searched(specOf(), cube(3), (x) => Math.cbrt(squares(x, 0.3)) * 7 - 5, 120);
    expect(warped.map(({ point }) => point)).toEqual(plain.map(({ point }) => point));
  });

  test('an optimum in a corner', async () => {
    expect(least(await searched(specOf(), cube(4), (x) => squares(x, 0), 250))).toBeLessThan(1e-3);
  });

  test('one dimension alone', async () => {
    expect(least(await searched(specOf(), cube(1), (x) => squares(x, 0.77), 150))).toBeLessThan(1e-6);
  });

  test('whole numbers, also on a log scale, beside a range', async () => {
    const space: SearchSpace = [
      { name: 'a', when: {}, distribution: { kind: 'int', low: 0, high: 20, log: false, step: 1 } },
      { name: 'b', when: {}, distribution: { kind: 'int', low: 1, high: 1024, log: true, step: 1 } },
      { name: 'c', when: {}, distribution: unit },
    ];
    const lossAt = ([a = 0, b = 0, c = 0]: readonly number[]) =>
      (a - 3) ** 2 + Math.log2(b / 200) ** 2 + 100 * (c - 0.9) ** 2;
    expect(least(await searched(specOf({ sigma: 0.1 }), space, lossAt, 300))).toBeLessThan(1e-3);
  });

  test.each([3, 15])('with workers in parallel: %i trials run while one is asked for', async (behind) => {
    const sphere = (x: readonly number[]) => squares(x, 0.3);
    expect(least(await searched(specOf(), cube(4), sphere, 400, behind))).toBeLessThan(1e-5);
  });

  test('many minima: where it has converged it begins anew, and finds what one run does not', async () => {
    // The middle leads into a basin of depth 1; the least value, 0, is behind a ridge.
    const two = (x: readonly number[]) => Math.min(squares(x, 0.45) + 1, 40 * squares(x, 0.9));
    const seen = await searched(specOf({ sigma: 0.02 }), cube(2), two, 900);
    expect(least(seen.slice(0, 100))).toBeGreaterThan(0.99);
    expect(least(seen)).toBeLessThan(0.01);
  });
});

describe('what it takes for a generation', () => {
  const seenOf = async () => searched(specOf(), cube(3), (x) => squares(x, 0.3), 28);

  test('failed trials are left out', async () => {
    const seen = await seenOf();
    const sampler = await samplerOf(specOf(), cube(3));
    const failed: SeenTrial = { number: 30, point: { x0: 0.5, x1: 0.5, x2: 0.5 }, state: 'failed' };
    expect(sampler.suggest(40, [...seen, failed])).toEqual(sampler.suggest(40, seen));
  });

  test('pruned trials rank behind complete ones whatever their loss, the further they got the better', async () => {
    const seen = await seenOf();
    const sampler = await samplerOf(specOf(), cube(3));
    const pruned = (loss: number, step: number, other: number) =>
      seen.map((trial): SeenTrial => {
        if (trial.number < 26) return trial;
        return { ...trial, state: 'pruned', losses: [loss], step: trial.number === 26 ? step : other };
      });
    const suggested = sampler.suggest(28, pruned(-9, 5, 2));
    expect(sampler.suggest(28, pruned(9, 5, 2))).toEqual(suggested);
    expect(sampler.suggest(28, pruned(9, 2, 5))).not.toEqual(suggested);
  });

  test('startup trials are random; then it begins halfway to the best of them', async () => {
    const spec = specOf({ startupTrials: 6, sigma: 1e-3 });
    const seen = await searched(spec, cube(3), (x) => squares(x, 0.3), 14);
    for (const { number, point } of seen.slice(0, 6)) expect(point).toEqual(randomPoint(cube(3), 1, number));
    const best = seen.slice(0, 6).reduce((a, b) => ((a.losses?.[0] ?? 0) <= (b.losses?.[0] ?? 0) ? a : b));
    for (const { point } of seen.slice(6, 14))
      for (const [name, value] of Object.entries(point))
        expect(Math.abs((value as number) - ((best.point[name] as number) + 0.5) / 2)).toBeLessThan(0.01);
  });

  test('categorical and conditional params, and those with one value, are drawn as random search draws them', async () => {
    const space: SearchSpace = [
      { name: 'kind', when: {}, distribution: { kind: 'categorical', values: ['a', 'b'] } },
      { name: 'inner', when: { kind: ['b'] }, distribution: unit },
      { name: 'x', when: {}, distribution: unit },
      { name: 'fixed', when: {}, distribution: { kind: 'int', low: 2, high: 2, log: true, step: 1 } },
      { name: 'always', when: {}, distribution: { kind: 'float', low: 2, high: 2, log: false } },
    ];
    for (const { number, point } of await searched(specOf(), space, (_, { x }) => x as number, 20))
      expect({ ...point, x: 0 }).toEqual({ ...randomPoint(space, 1, number), x: 0 });
  });

  test('places of a generation mirror each other', async () => {
    const sampler = await samplerOf(specOf({ sigma: 0.01 }), cube(3));
    const [a, b] = [sampler.suggest(0, []), sampler.suggest(1, [])];
    for (const { name } of cube(3)) expect((a?.[name] as number) + (b?.[name] as number)).toBeCloseTo(1, 12);
  });
});

describe('restarts and margin', () => {
  const settings = { seed: 1, sigma: 0.2, distributions: [unit, unit] };

  test('two generations without a difference: elsewhere, with twice the population', () => {
    const run = firstRun([0.5, 0.5], 4, settings);
    const random = randomStream(1, 'test');
    const flat = Array.from({ length: 4 }, () => ({ at: [random.uniform(), random.uniform()], loss: 1 }));
    const once = afterGeneration(run, flat, settings);
    const twice = afterGeneration(once, flat, settings);
    expect([once.restarts, once.strategy.population]).toEqual([0, 4]);
    expect([twice.restarts, twice.strategy.population, twice.distribution.step]).toEqual([1, 8, 0.2]);
    expect(twice.distribution.mean).not.toEqual(once.distribution.mean);
  });

  test('a whole number is left by at least one in dimensions times population', () => {
    const ints: Distribution = { kind: 'int', low: 0, high: 9, log: false, step: 1 };
    const narrow = initialDistribution([0.35, 0.35], 1e-4);
    const { covariance, step } = withMargin(narrow, [ints, unit], 6);
    const deviations = covariance.diagonal().map((variance) => step * Math.sqrt(variance));
    expect(deviations[1]).toBeCloseTo(1e-4, 12);
    const random = randomStream(1, 'margin');
    const away = Array.from({ length: 20_000 }, () => Math.abs(random.normal() * (deviations[0] ?? 0)) > 0.05);
    expect(away.filter(Boolean).length / 20_000).toBeGreaterThan((1 / 12) * 0.9); // 3 deviations
  });

  test('the width of a value, in parts of the scale', () => {
    const logInt: Distribution = { kind: 'int', low: 1, high: 100, log: true, step: 1 };
    expect(cellWidth({ kind: 'float', low: 0, high: 1, log: false, step: 0.25 }, 0.5)).toBe(0.2);
    expect(cellWidth(unit, 0.5)).toBe(0);
    expect(cellWidth(logInt, 0)).toBeCloseTo(Math.log(3) / Math.log(201), 12);
  });
});
