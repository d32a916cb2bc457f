/** Sequences that fill the space evenly, and the sampler that takes its points from them. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomStream } from '../../src/random.ts';
import { samplerOf } from '../../src/sweep/sampler.ts';
import { haltonCoordinate } from '../../src/sweep/samplers/qmc/halton.ts';
import { sobolCoordinate, sobolDimensions } from '../../src/sweep/samplers/qmc/sobol.ts';
import type { SearchSpace } from '../../src/sweep/search-space.ts';

const first = <T>(count: number, of: (element: number) => T) => Array.from({ length: count }, (_, at) => of(at));
const scrambled = (seed: number, dimension: number) => randomStream(seed, 'test', dimension);

describe('Sobol', () => {
  test('unscrambled: the first elements, as of Joe and Kuo (SciPy 1.17 gives the same)', () => {
    const coordinates = [0, 1, 2, 3, 4, 5].map((dimension) => sobolCoordinate(dimension));
    const point = (element: number) => coordinates.map((coordinate) => coordinate(element));
    expect(first(6, point)).toEqual([
      [0, 0, 0, 0, 0, 0],
      [0.5, 0.5, 0.5, 0.5, 0.5, 0.5],
      [0.75, 0.25, 0.25, 0.25, 0.75, 0.75],
      [0.25, 0.75, 0.75, 0.75, 0.25, 0.25],
      [0.375, 0.375, 0.625, 0.875, 0.375, 0.125],
      [0.875, 0.875, 0.125, 0.375, 0.875, 0.625],
    ]);
    const far = [0, 1, 2, 9, 30, 63].map((dimension) => sobolCoordinate(dimension)(199));
    expect(far).toEqual([0.14453125, 0.57421875, 0.97265625, 0.18359375, 0.19921875, 0.54296875]);
  });

  test('of the first 2^k elements each of 2^k equal parts holds one, in every dimension, scrambled or not', () => {
    for (let dimension = 0; dimension < sobolDimensions; dimension++)
      for (const stream of [undefined, scrambled(1, dimension)])
        for (const count of [8, 256]) {
          const values = first(count, sobolCoordinate(dimension, stream));
          const parts = new Set(values.map((value) => Math.floor(value * count)));
          expect(parts.size, `dimension ${dimension}`).toBe(count);
        }
  });

  test('each elementary box of the first two dimensions holds as many: a (0, m, 2)-net', () => {
    const property = fc.property(fc.integer({ min: 0, max: 6 }), fc.nat(1000), (split, seed) => {
      const [x, y] = [0, 1].map((dimension) => sobolCoordinate(dimension, scrambled(seed, dimension)));
      const boxes = first(64, (at) => {
        const row = Math.floor((x?.(at) ?? 0) * 2 ** split);
        return `${row} ${Math.floor((y?.(at) ?? 0) * 2 ** (6 - split))}`;
      });
      expect(new Set(boxes).size).toBe(64);
    });
    fc.assert(property, { numRuns: 60 });
  });

  test('far elements are still apart, and inside', () => {
    const coordinate = sobolCoordinate(7, scrambled(1, 7));
    const values = [2 ** 20, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1].map(coordinate);
    expect(new Set(values).size).toBe(4);
    for (const value of values) expect(value >= 0 && value < 1).toBe(true);
  });
});

describe('Halton', () => {
  test('unscrambled: digits behind the point, in the bases 2, 3, 5 and 7', () => {
    const point = (element: number) => [0, 1, 2, 3].map((dimension) => haltonCoordinate(dimension)(element));
    expect(point(0)).toEqual([0, 0, 0, 0]);
    [1 / 2, 1 / 3, 1 / 5, 1 / 7].forEach((value, at) => {
      expect(point(1)[at]).toBeCloseTo(value, 14);
    });
    [5 / 8, 7 / 9, 1 / 25, 5 / 7].forEach((value, at) => {
      expect(point(5)[at]).toBeCloseTo(value, 14);
    });
  });

  test('of the first b^k elements each of b^k equal parts holds one, scrambled or not', () => {
    for (const [dimension, base] of [2, 3, 5, 7, 11].entries())
      for (const stream of [undefined, scrambled(1, dimension)]) {
        const values = first(base ** 2, haltonCoordinate(dimension, stream));
        // A plain coordinate may lie a rounding below the border of its part.
        expect(new Set(values.map((value) => Math.floor(value * base ** 2 + 1e-9))).size).toBe(base ** 2);
      }
  });
});

describe.each(['sobol', 'halton'] as const)('qmc: %s', (sequence) => {
  const spaceOf = (count: number): SearchSpace =>
    first(count, (at) => ({ name: `x${at}`, when: {}, distribution: { kind: 'float', low: 0, high: 1, log: false } }));
  const pointsOf = async (seed: number, space: SearchSpace, count: number, scramble = true) => {
    const sampler = await samplerOf({ type: 'qmc', seed, sequence, scramble }, space);
    return first(count, (trial) => space.map(({ name }) => sampler.suggest(trial, [])?.[name] as number));
  };
  /** Of ∏ 2x, which is 1 over the unit cube. */
  const errorOf = (points: readonly (readonly number[])[]) =>
    Math.abs(
      points.reduce((sum, point) => sum + point.reduce((product, x) => product * 2 * x, 1), 0) / points.length - 1,
    );
  const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

  test('integrates five dimensions at least four times as exactly as random points', async () => {
    const seeds = [1, 2, 3, 4, 5, 6, 7];
    const ours = await Promise.all(seeds.map(async (seed) => errorOf(await pointsOf(seed, spaceOf(5), 512))));
    const random = seeds.map((seed) => {
      const stream = randomStream(seed, 'plain');
      return errorOf(first(512, () => first(5, () => stream.uniform())));
    });
    expect(median(ours)).toBeLessThan(median(random) / 4);
  });

  test('seeds differ where it is scrambled; the plain sequence has none', async () => {
    expect(await pointsOf(1, spaceOf(3), 4)).not.toEqual(await pointsOf(2, spaceOf(3), 4));
    expect(await pointsOf(1, spaceOf(3), 4, false)).toEqual(await pointsOf(2, spaceOf(3), 4, false));
  });

  test('every coordinate is its own, also beyond the table of direction numbers', async () => {
    const points = await pointsOf(1, spaceOf(sobolDimensions + 6), 32);
    const columns = first(sobolDimensions + 6, (at) => points.map((point) => point[at]).join());
    expect(new Set(columns).size).toBe(sobolDimensions + 6);
  });

  test('a conditional dimension does not shift those behind it; choices are dealt evenly', async () => {
    const loss = { name: 'loss', when: {}, distribution: { kind: 'categorical', values: ['a', 'b'] } } as const;
    const [inner, outer] = spaceOf(2) as [SearchSpace[number], SearchSpace[number]];
    const sampler = await samplerOf({ type: 'qmc', seed: 1, sequence, scramble: true }, [
      loss,
      { ...inner, when: { loss: ['b'] } },
      outer,
    ]);
    const always = await samplerOf({ type: 'qmc', seed: 1, sequence, scramble: true }, [loss, inner, outer]);
    const points = first(16, (trial) => sampler.suggest(trial, []));
    expect(points.map((point) => point?.x1)).toEqual(first(16, (trial) => always.suggest(trial, [])?.x1));
    expect(points.filter((point) => point?.loss === 'a')).toHaveLength(8);
    expect(points.map((point) => point?.x0 === undefined)).toEqual(points.map((point) => point?.loss === 'a'));
  });
});
