/** Densities are densities, and what is drawn from them has them. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomStream } from '../../src/random.ts';
import { axisOf } from '../../src/sweep/samplers/tpe/axis.ts';
import { bandwidths } from '../../src/sweep/samplers/tpe/bandwidth.ts';
import { normalMass, upperTail } from '../../src/sweep/samplers/tpe/normal.ts';
import { type Parzen, parzen } from '../../src/sweep/samplers/tpe/parzen.ts';
import { type Distribution, sizeOf, valuesOf } from '../../src/sweep/search-space.ts';

const float: Distribution = { kind: 'float', low: -2, high: 6, log: false };
const whole: Distribution = { kind: 'int', low: 3, high: 12, log: false, step: 3 };
const logWhole: Distribution = { kind: 'int', low: 1, high: 40, log: true, step: 1 };
const choice: Distribution = { kind: 'categorical', values: ['a', null, { b: 1 }] };

const axis = (distribution: Distribution) => axisOf({ name: 'x', distribution, when: {} });
const places = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 40 });

/** Mixtures around values that the places stand for. */
function around(distribution: Distribution, at: readonly number[]): Parzen {
  const on = axis(distribution);
  const code = (place: number) =>
    on.choices > 0 ? Math.min(on.choices - 1, Math.floor(place * on.choices)) : on.nearest(place);
  return parzen([on], [Float64Array.from(at, code)], new Float64Array(at.length).fill(1));
}

const codesOf = (distribution: Distribution): Float64Array => {
  const values =
    distribution === logWhole ? Array.from({ length: 40 }, (_, at) => at + 1) : (valuesOf(distribution) ?? []);
  return Float64Array.from(values, (value) => axis(distribution).code(value) ?? Number.NaN);
};

describe('a Parzen estimator', () => {
  test('on a continuous axis has area 1', () => {
    const grid = Float64Array.from({ length: 4000 }, (_, at) => (at + 0.5) / 4000);
    const property = fc.property(places, (at) => {
      const area =
        around(float, at)
          .logDensity([grid])
          .map(Math.exp)
          .reduce((sum, height) => sum + height, 0) / 4000;
      expect(area).toBeCloseTo(1, 3);
    });
    fc.assert(property);
  });

  test.each([
    ['steps', whole],
    ['whole numbers on a log scale', logWhole],
    ['choices', choice],
  ])('over %s has masses whose sum is 1', (_, distribution) => {
    const property = fc.property(places, (at) => {
      const masses = around(distribution, at)
        .logDensity([codesOf(distribution)])
        .map(Math.exp);
      expect(masses.reduce((sum, mass) => sum + mass, 0)).toBeCloseTo(1, 5);
    });
    fc.assert(property);
  });

  test.each([
    ['steps', whole],
    ['whole numbers on a log scale', logWhole],
    ['choices', choice],
  ])('over %s draws values as often as it says', (_, distribution) => {
    const mixture = around(distribution, [0.1, 0.1, 0.15, 0.7]);
    const codes = codesOf(distribution);
    const [drawn = new Float64Array()] = mixture.sample(randomStream(5), 20_000);
    const masses = mixture.logDensity([codes]).map(Math.exp);
    for (const [at, code] of codes.entries())
      expect(drawn.filter((one) => Math.abs(one - code) < 1e-9).length / 20_000).toBeCloseTo(masses[at] ?? 0, 1.5);
  });

  test('over several axes is no product: what was observed together goes together', () => {
    const mixture = parzen(
      [axis(float), axis(float)],
      [Float64Array.of(0.1, 0.9), Float64Array.of(0.1, 0.9)],
      Float64Array.of(1, 1),
    );
    const [together = 0, apart = 0] = mixture.logDensity([Float64Array.of(0.1, 0.1), Float64Array.of(0.1, 0.9)]);
    expect(together).toBeGreaterThan(apart);
  });

  test('far from all observations is finite', () => {
    const mixture = around(whole, Array(5000).fill(0));
    expect(mixture.logDensity([codesOf(whole)]).every(Number.isFinite)).toBe(true);
  });
});

test('a value and its code lead to each other', () => {
  for (const distribution of [whole, choice])
    for (const value of valuesOf(distribution) ?? [])
      expect(axis(distribution).value(axis(distribution).code(value) ?? -1)).toEqual(value);
  expect(sizeOf(choice)).toBe(3);
  expect(axis(choice).code('c')).toBeUndefined();
  expect(axis(whole).code(13)).toBeUndefined();
  expect(axis({ ...float, low: 6 }).code(6)).toBe(0.5);
});

test('bandwidths reach to the farther neighbour, and have a least', () => {
  expect([...bandwidths(Float64Array.of(0.2))]).toEqual([0.8]);
  const widths = bandwidths(Float64Array.of(0.9, 0.1, 0.5, 0.5));
  for (const [at, width] of [0.4, 0.4, 0.4, 0.4].entries()) expect(widths[at]).toBeCloseTo(width, 12);
  const close = bandwidths(new Float64Array(100).fill(0.3));
  expect(new Set(close).size).toBe(1);
  expect(close[0]).toBeGreaterThanOrEqual(0.01);
});

// 1 − Φ: Abramowitz and Stegun 1964, table 26.1 and 26.2.
test.each([
  [0, 0.5],
  [1, 0.15865525393146],
  [3, 1.3498980316e-3],
  [5, 2.8665157e-7],
  [10, 7.61985302416e-24],
])('the normal tail beyond %d', (x, tail) => {
  expect(upperTail(x) / tail).toBeCloseTo(1, 6);
  expect(upperTail(-x)).toBeCloseTo(1 - tail, 6);
  expect(normalMass(x, Infinity) / tail).toBeCloseTo(1, 6);
  expect(normalMass(-Infinity, -x) / tail).toBeCloseTo(1, 6);
});
