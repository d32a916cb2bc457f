/** What every sampler must hold to, and what each promises beyond that. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../src/pipeline/types.ts';
import { randomStream } from '../../src/random.ts';
import { type SamplerSpec, type SeenTrial, samplerOf } from '../../src/sweep/sampler.ts';
import { gridPoints } from '../../src/sweep/samplers/grid.ts';
import { tpeDefaults } from '../../src/sweep/samplers/tpe.ts';
import {
  contains,
  type Dimension,
  type Distribution,
  isActive,
  type Point,
  pointKey,
  type SearchSpace,
  valuesOf,
} from '../../src/sweep/search-space.ts';
import { anySpaces, finiteSpaces } from './spaces.ts';

/** More of them: test/long. */
const runs = { numRuns: Number(process.env.RETRIAL_PROPERTY_RUNS ?? 20) };
interface Contracted {
  readonly spec: SamplerSpec;
  readonly spaces: fc.Arbitrary<SearchSpace>;
  /** Fewer where a suggestion takes long. */
  readonly numRuns?: number;
}
const samplers: readonly Contracted[] = [
  { spec: { type: 'grid' }, spaces: finiteSpaces },
  { spec: { type: 'random', seed: 3 }, spaces: anySpaces },
  { spec: { type: 'tpe', seed: 3, ...tpeDefaults }, spaces: anySpaces },
  { spec: { type: 'tpe', seed: 3, ...tpeDefaults, multivariate: false }, spaces: anySpaces },
  { spec: { type: 'qmc', seed: 3, sequence: 'sobol', scramble: true }, spaces: anySpaces },
  { spec: { type: 'qmc', seed: 3, sequence: 'halton', scramble: false }, spaces: anySpaces },
  { spec: { type: 'cmaes', seed: 3, startupTrials: 2, population: 4, sigma: 0.2 }, spaces: anySpaces },
  { spec: { type: 'nsgaii', seed: 3, population: 6 }, spaces: anySpaces },
  { spec: { type: 'gp', seed: 3, startupTrials: 8 }, spaces: anySpaces, numRuns: 3 },
];

const states = ['complete', 'failed', 'complete', 'pruned', 'complete', 'running'] as const;

interface Asked {
  readonly number: number;
  readonly seen: readonly SeenTrial[];
  readonly point: Point | undefined;
}

/** Asked in the order of the numbers, all before seen: most complete, some failed, pruned or still running. */
async function suggestions(spec: SamplerSpec, space: SearchSpace, count: number): Promise<Asked[]> {
  const sampler = await samplerOf(spec, space);
  const seen: SeenTrial[] = [];
  return Array.from({ length: count }, (_, number) => {
    const before = [...seen];
    const point = sampler.suggest(number, before);
    const state = states[number % states.length] ?? 'complete';
    const loss = randomStream(1, number).normal();
    const losses = state === 'complete' || state === 'pruned' ? { losses: [loss] } : {};
    if (point !== undefined) seen.push({ number, point, state, ...losses, ...(state === 'pruned' ? { step: 3 } : {}) });
    return { number, seen: before, point };
  });
}

describe.each(samplers)('contract: $spec.type', ({ spec, spaces, numRuns = runs.numRuns }) => {
  const many = 30; // beyond every sampler's random beginning

  test('points are inside the space, with the params that are there and no other', async () => {
    const property = fc.asyncProperty(spaces, async (space) => {
      for (const { point } of await suggestions(spec, space, many))
        if (point !== undefined) expect(contains(space, point), pointKey(point)).toBe(true);
    });
    await fc.assert(property, { numRuns });
  });

  test('a suggestion is derived again from its number and what was seen, whoever asks and in whatever order', async () => {
    const numbers = [0, 3, 11, 12, 25, 29];
    const property = fc.asyncProperty(spaces, fc.shuffledSubarray(numbers), async (space, order) => {
      const asked = await suggestions(spec, space, many);
      const sampler = await samplerOf(spec, space);
      for (const { number, seen, point } of order.flatMap((at) => asked[at] ?? [])) {
        const kept = structuredClone(seen);
        expect(sampler.suggest(number, seen)).toEqual(point);
        expect(seen).toEqual(kept);
      }
    });
    await fc.assert(property, { numRuns });
  });

  test('no point is shared with the next one: changing one changes no other', async () => {
    const property = fc.asyncProperty(spaces, async (space) => {
      const sampler = await samplerOf(spec, space);
      const first = sampler.suggest(0, []);
      expect(sampler.suggest(0, [])).toEqual(first);
      expect(JSON.parse(JSON.stringify(first))).toEqual(first); // survives the journal
    });
    await fc.assert(property, { numRuns });
  });
});

describe('grid', () => {
  test('covers each point of the space once, and nothing else', () => {
    const property = fc.property(finiteSpaces, (space) => {
      const points = gridPoints(space);
      expect(new Set(points.map(pointKey)).size).toBe(points.length);
      expect(points.map(pointKey).sort()).toEqual([...bruteForce(space)].sort());
    });
    fc.assert(property, runs);
  });

  test('the last dimension moves fastest, and one that is not there multiplies nothing', () => {
    const loss = dimension('loss', { kind: 'categorical', values: ['vanilla', 'wgan'] });
    const steps = dimension('steps', { kind: 'int', low: 1, high: 5, log: false, step: 4 }, { loss: ['wgan'] });
    const rate = dimension('rate', { kind: 'float', low: 0.1, high: 0.3, log: false, step: 0.1 });
    expect(gridPoints([loss, steps, rate]).map((point) => Object.values(point).join(' '))).toEqual([
      'vanilla 0.1',
      'vanilla 0.2',
      'vanilla 0.3',
      'wgan 1 0.1',
      'wgan 1 0.2',
      'wgan 1 0.3',
      'wgan 5 0.1',
      'wgan 5 0.2',
      'wgan 5 0.3',
    ]);
  });

  test('has an end', async () => {
    const sampler = await samplerOf({ type: 'grid' }, [dimension('a', { kind: 'categorical', values: [1, 2] })]);
    expect([0, 1, 2].map((trial) => sampler.suggest(trial, []))).toEqual([{ a: 1 }, { a: 2 }, undefined]);
  });
});

describe('random', () => {
  const draws = async (distribution: Distribution, seed: number, count = 4000) => {
    const sampler = await samplerOf({ type: 'random', seed }, [dimension('a', distribution)]);
    return Array.from({ length: count }, (_, trial) => sampler.suggest(trial, [])?.a as number);
  };
  /** Share of the values in each of four equal parts of the scale. */
  const quarters = (values: readonly number[], low: number, high: number) =>
    [0, 1, 2, 3].map(
      (part) =>
        values.filter((value) => Math.min(3, Math.floor((4 * (value - low)) / (high - low))) === part).length /
        values.length,
    );
  // 4,000 draws: a quarter's share is off by .05 once in 10^12.
  const expectEven = (shares: readonly number[]) => {
    for (const share of shares) expect(Math.abs(share - 1 / shares.length)).toBeLessThan(0.05);
  };

  test.each([1, 2, 3])('a range is drawn evenly, a log range evenly in its logarithm (seed %i)', async (seed) => {
    expectEven(quarters(await draws({ kind: 'float', low: -2, high: 6, log: false }, seed), -2, 6));
    const logs = (await draws({ kind: 'float', low: 1e-5, high: 1e-1, log: true }, seed)).map(Math.log10);
    expectEven(quarters(logs, -5, -1));
  });

  test('whole numbers: each alike, both ends among them; with a step only its multiples', async () => {
    const counted = (values: readonly number[]) =>
      [...new Set(values)]
        .sort((a, b) => a - b)
        .map((value) => [value, values.filter((drawn) => drawn === value).length] as const);
    const all = counted(await draws({ kind: 'int', low: 3, high: 6, log: false, step: 1 }, 1));
    expect(all.map(([value]) => value)).toEqual([3, 4, 5, 6]);
    expectEven(all.map(([, count]) => count / 4000));
    const stepped = counted(await draws({ kind: 'int', low: 0, high: 10, log: false, step: 4 }, 1));
    expect(stepped.map(([value]) => value)).toEqual([0, 4, 8]);
  });

  test('whole numbers on a log scale: each with its share of the scale', async () => {
    const values = await draws({ kind: 'int', low: 1, high: 100, log: true, step: 1 }, 1);
    const share = (value: number) => values.filter((drawn) => drawn === value).length / values.length;
    const scale = Math.log(100.5 / 0.5);
    for (const value of [1, 2, 5])
      expect(Math.abs(share(value) - Math.log((value + 0.5) / (value - 0.5)) / scale)).toBeLessThan(0.03);
    expect([Math.min(...values), Math.max(...values)]).toEqual([1, 100]);
  });

  test.each([
    [0.1, 0.5, 0.1, [0.1, 0.2, 0.3, 0.4, 0.5]],
    [-0.3, 0.1, 0.1, [-0.3, -0.2, -0.1, 0, 0.1]],
    [1e-7, 4e-7, 1e-7, [1e-7, 2e-7, 3e-7, 4e-7]],
    [0.1234567890123456, 1.5, 0.5, [0.1234567890123456, 0.6234567890123456, 1.1234567890123457]],
  ])('steps from %d to %d by %d are written as a person would', async (low, high, step, expected) => {
    const distribution: Distribution = { kind: 'float', low, high, log: false, step };
    expect(valuesOf(distribution)).toEqual(expected);
    const drawn = await draws(distribution, 1, 200);
    expect([...new Set(drawn)].sort((a, b) => a - b)).toEqual(expected);
  });

  test('another seed gives other points; a param more leaves the others what they were', async () => {
    const rate = dimension('rate', { kind: 'float', low: 0, high: 1, log: false });
    const size = dimension('size', { kind: 'int', low: 1, high: 1000, log: false, step: 1 });
    const one = await suggestions({ type: 'random', seed: 1 }, [rate], 5);
    const both = await suggestions({ type: 'random', seed: 1 }, [size, rate], 5);
    const rates = (asked: readonly Asked[]) => asked.map(({ point }) => point?.rate);
    expect(rates(both)).toEqual(rates(one));
    expect(await suggestions({ type: 'random', seed: 2 }, [rate], 5)).not.toEqual(one);
  });
});

function dimension(name: string, distribution: Distribution, when: Dimension['when'] = {}): Dimension {
  return { name, distribution, when };
}

/** Every combination of every value, those that are not there struck out: slow, and sure. */
function bruteForce(space: SearchSpace): Set<string> {
  const all = space.reduce<Point[]>(
    (points, { name, distribution }) =>
      points.flatMap((point) => (valuesOf(distribution) ?? []).map((value) => ({ ...point, [name]: value }))),
    [{}],
  );
  return new Set(all.map((point) => pointKey(struckOut(space, point))));
}

function struckOut(space: SearchSpace, point: Point): Point {
  const kept: Record<string, JsonValue> = {};
  for (const dimension of space) {
    const value = point[dimension.name];
    if (value !== undefined && isActive(dimension, kept)) kept[dimension.name] = value;
  }
  return kept;
}
