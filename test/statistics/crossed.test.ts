import { describe, expect, test } from 'vitest';
import { randomStream } from '../../src/random.ts';
import { crossedTest } from '../../src/statistics/crossed.ts';
import { meanOf } from '../../src/statistics/moments.ts';
import { quantile } from '../../src/statistics/quantile.ts';

type Interval = readonly [number, number];

test('equals the analysis of variance by least squares on dummies: numpy.linalg.lstsq, stats.t of SciPy 1.17.1', () => {
  const scores = [
    [0.3, 0.1, 0.5, 0.2],
    [0.4, 0.2, 0.4, 0.3],
    [0.6, 0.1, 0.7, 0.2],
  ].map((row) => Float64Array.from(row));
  const { mean, interval, p } = crossedTest(scores);
  expect(mean).toBeCloseTo(1 / 3, 12);
  expect(interval[0]).toBeCloseTo(0.04148286368163556, 6);
  expect(interval[1]).toBeCloseTo(0.6251838029850313, 6);
  expect(p).toBeCloseTo(0.035714677625992924, 6);
});

test('what does not vary is known', () => {
  const rows = (value: number) => [0, 1, 2].map(() => new Float64Array(4).fill(value));
  expect(crossedTest(rows(0))).toEqual({ mean: 0, interval: [0, 0], p: 1 });
  expect(crossedTest(rows(0.25))).toEqual({ mean: 0.25, interval: [0.25, 0.25], p: 0 });
});

describe('covers the mean about as often as it says', () => {
  const units = 60;
  /** Effects of seeds (in standard errors of the units), of units, and of neither; the true mean is 0. */
  const drawn = (normal: () => number, replicates: number, seeds: number, ofUnits: number): Float64Array[] => {
    const ease = Float64Array.from({ length: units }, () => ofUnits * normal());
    return Array.from({ length: replicates }, () => {
      const luck = (seeds * normal()) / Math.sqrt(units);
      return ease.map((value) => value + luck + normal());
    });
  };
  const coverage = (
    seed: string,
    intervalOf: (scores: Float64Array[]) => Interval,
    samples: number,
    drawing: Drawing,
  ) => {
    const { normal } = randomStream(11, seed, ...drawing);
    let covered = 0;
    for (let sample = 0; sample < samples; sample++) {
      const [low, high] = intervalOf(drawn(normal, ...drawing));
      covered += Number(low <= 0 && 0 <= high);
    }
    return covered / samples;
  };
  type Drawing = readonly [replicates: number, seeds: number, ofUnits: number];

  test.each<[...Drawing]>([
    [3, 0, 1],
    [3, 1, 1],
    [5, 0, 1],
    [5, 1, 1],
    [5, 3, 1],
    [5, 3, 0],
    [10, 1, 1],
  ])('%i seeds, which vary by %d, and users by %d', (...drawing) => {
    const share = coverage('crossed', (scores) => crossedTest(scores).interval, 1000, drawing);
    expect(share).toBeGreaterThan(0.9);
    expect(share).toBeLessThan(0.985);
  });

  test('where a bootstrap of replicates, and of units within each, does not', () => {
    const { integer } = randomStream(12, 'draws');
    const nested = (scores: Float64Array[]): Interval => {
      const means = Float64Array.from({ length: 200 }, () => {
        const rows = scores.map(() => scores[integer(0, scores.length - 1)] as Float64Array);
        return meanOf(rows.map((row) => meanOf(row.map(() => row[integer(0, units - 1)] as number))));
      }).sort();
      return [quantile(means, 0.025), quantile(means, 0.975)];
    };
    expect(coverage('nested', nested, 120, [5, 0, 1])).toBeLessThan(0.9);
    expect(coverage('nested', nested, 120, [5, 3, 0])).toBeLessThan(0.9);
  });
});
