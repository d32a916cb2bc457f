/** Fronts, ranks, crowding and volumes, beside what plain definitions give. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomStream } from '../../src/random.ts';
import {
  crowdingDistances,
  dominates,
  hypervolume,
  type Losses,
  paretoFront,
  paretoRanks,
} from '../../src/statistics/pareto.ts';

/** Few different values, so that there are equal ones. */
const lossesOf = (count: number) => fc.array(fc.integer({ min: 0, max: 6 }), { minLength: count, maxLength: count });
const trials = fc.integer({ min: 1, max: 4 }).chain((count) => fc.array(lossesOf(count), { maxLength: 25 }));

const bruteForce = (all: readonly Losses[]) =>
  all.flatMap((losses, index) => (all.some((other) => dominates(other, losses)) ? [] : [index]));

describe('front and ranks', () => {
  test('the front is what nothing dominates; equal ones are all on it', () => {
    const property = fc.property(trials, (all) => {
      expect(paretoFront(all)).toEqual(bruteForce(all));
    });
    fc.assert(property);
    const equal = [2, 1];
    expect(paretoFront([equal, [1, 2], equal, [2, 2]])).toEqual([0, 1, 2]);
  });

  test('each rank is the front of what is left without those before', () => {
    const property = fc.property(trials, (all) => {
      const ranks = paretoRanks(all);
      for (let rank = 0; rank <= Math.max(-1, ...ranks); rank++) {
        const left = all.flatMap((_, index) => ((ranks[index] ?? 0) >= rank ? [index] : []));
        const front = bruteForce(left.map((index) => all[index] ?? [])).map((at) => left[at]);
        expect(front).toEqual(left.filter((index) => ranks[index] === rank));
      }
    });
    fc.assert(property);
  });
});

describe('crowding', () => {
  test('gaps between neighbours, in parts of the extent; the ends are infinitely far', () => {
    const distances = crowdingDistances([
      [0, 8],
      [2, 4],
      [10, 0],
      [1, 6],
    ]);
    expect(distances).toEqual([Infinity, 9 / 10 + 6 / 8, Infinity, 2 / 10 + 4 / 8]);
  });

  test('nothing is too few, or too alike', () => {
    expect(crowdingDistances([])).toEqual([]);
    expect(crowdingDistances([[1, 2]])).toEqual([0]);
    expect(crowdingDistances(Array(3).fill([1, 2]))).toEqual([0, 0, 0]);
  });
});

describe('hypervolume', () => {
  test('of whole numbers: as many unit cubes as are dominated', () => {
    const property = fc.property(trials, (all) => {
      const count = all[0]?.length ?? 2;
      const reference = Array<number>(count).fill(5);
      const cubes = Array.from({ length: 5 ** count }, (_, code) =>
        Array.from({ length: count }, (_, at) => Math.floor(code / 5 ** at) % 5),
      );
      const dominated = cubes.filter((cube) =>
        all.some((losses) => losses.every((loss, at) => loss <= (cube[at] ?? 0))),
      );
      expect(hypervolume(all, reference)).toBe(dominated.length);
    });
    fc.assert(property);
  });

  test('of many in three dimensions: what sampling the cube finds', () => {
    const random = randomStream(1, 'hypervolume');
    const draw = () => [random.uniform(), random.uniform(), random.uniform()];
    const all = Array.from({ length: 40 }, draw).map((losses) => losses.map((loss) => 0.4 + loss / 2));
    const samples = Array.from({ length: 20_000 }, draw);
    const hits = samples.filter((sample) =>
      all.some((losses) => losses.every((loss, at) => loss <= (sample[at] ?? 0))),
    );
    expect(Math.abs(hypervolume(all, [1, 1, 1]) - hits.length / samples.length)).toBeLessThan(0.015); // 4 deviations
  });

  test('what is beyond the reference counts nothing; nothing has no volume', () => {
    expect(hypervolume([], [1, 1])).toBe(0);
    expect(hypervolume([[2, -5]], [1, 1])).toBe(0);
    expect(hypervolume([[-1, 3]], [1, 1])).toBe(0);
    expect(hypervolume([[0.5]], [2])).toBe(1.5);
  });
});
