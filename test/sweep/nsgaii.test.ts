/** What NSGA-II promises beyond the contract of every sampler. */
import { describe, expect, test } from 'vitest';
import { hypervolume } from '../../src/statistics/pareto.ts';
import { type SamplerSpec, type SeenTrial, samplerOf } from '../../src/sweep/sampler.ts';
import { type Point, pointKey, type SearchSpace } from '../../src/sweep/search-space.ts';

const cube = (count: number): SearchSpace =>
  Array.from({ length: count }, (_, at) => ({
    ...{ name: `x${at}`, when: {} },
    distribution: { kind: 'float', low: 0, high: 1, log: false },
  }));

/** ZDT1 (Zitzler, Deb and Thiele 2000): the front is g = 1. */
function zdt1(point: Point): readonly number[] {
  const [x = 0, ...others] = Object.values(point) as number[];
  const g = 1 + (9 * others.reduce((sum, value) => sum + value, 0)) / others.length;
  return [x, g * (1 - Math.sqrt(x / g))];
}

async function searched(
  spec: SamplerSpec,
  space: SearchSpace,
  lossesAt: (point: Point) => readonly number[],
  count: number,
): Promise<readonly SeenTrial[]> {
  const sampler = await samplerOf(spec, space);
  const seen: SeenTrial[] = [];
  for (let number = 0; number < count; number++) {
    const point = sampler.suggest(number, seen) as Point;
    seen.push({ number, point, state: 'complete', losses: lossesAt(point) });
  }
  return seen;
}

describe('nsgaii', () => {
  test.each([1, 2, 3])('on ZDT1 it closes most of the gap that random search leaves (seed %i)', async (seed) => {
    const reference = [1.1, 6];
    const most = 1.1 * 6 - 1 / 3; // the box without what lies below f₂ = 1 − √f₁
    const volume = async (spec: SamplerSpec) =>
      hypervolume(
        (await searched(spec, cube(6), zdt1, 300)).map(({ losses }) => losses ?? []),
        reference,
      );
    const left = most - (await volume({ type: 'nsgaii', seed, population: 20 }));
    const leftByRandom = most - (await volume({ type: 'random', seed }));
    expect(left).toBeLessThan(leftByRandom / 2);
  });

  test('one loss: it finds the least, among choices and conditional params too', async () => {
    const space: SearchSpace = [
      { name: 'kind', when: {}, distribution: { kind: 'categorical', values: ['a', null, 'c'] } },
      { name: 'rate', when: { kind: [null] }, distribution: { kind: 'float', low: 1e-5, high: 1, log: true } },
      { name: 'size', when: {}, distribution: { kind: 'int', low: 1, high: 64, log: false, step: 1 } },
    ];
    const lossAt = ({ kind, rate, size }: Point) => [
      (kind === null ? Math.abs(Math.log10(rate as number) + 3) : 3) + Math.abs((size as number) - 40) / 10,
    ];
    const seen = await searched({ type: 'nsgaii', seed: 1, population: 10 }, space, lossAt, 200);
    const best = seen.reduce((a, b) => ((a.losses?.[0] ?? 0) <= (b.losses?.[0] ?? 0) ? a : b));
    expect(best.point.kind).toBe(null);
    expect(best.losses?.[0]).toBeLessThan(0.3);
  });

  test('a small space is not asked for the same again while there is something else', async () => {
    const space: SearchSpace = ['a', 'b', 'c'].map((name) => ({
      ...{ name, when: {} },
      distribution: { kind: 'int', low: 0, high: 9, log: false, step: 1 },
    }));
    const distance = (point: Point) => [
      Object.values(point).reduce<number>((sum, value) => sum + (value as number), 0),
    ];
    const seen = await searched({ type: 'nsgaii', seed: 1, population: 10 }, space, distance, 120);
    expect(new Set(seen.map(({ point }) => pointKey(point))).size).toBeGreaterThan(110);
  });

  test('trials that failed or were pruned are no parents', async () => {
    const spec: SamplerSpec = { type: 'nsgaii', seed: 1, population: 10 };
    const seen = await searched(spec, cube(2), zdt1, 30);
    const sampler = await samplerOf(spec, cube(2));
    const unfit = { number: 30, point: { x0: 0.123, x1: 0 } };
    const pruned: SeenTrial = { ...unfit, state: 'pruned', losses: [-1, -1], step: 1 };
    const expected = sampler.suggest(31, seen);
    expect(sampler.suggest(31, [...seen, pruned])).toEqual(expected);
    expect(sampler.suggest(31, [...seen, { ...unfit, state: 'failed' }])).toEqual(expected);
  });
});
