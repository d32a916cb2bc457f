/** Steps on a log scale: each value has the share of the logarithm that lies around it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contains, type Distribution, sizeOf, valuesOf } from '../../src/sweep/search-space.ts';
import { fromUnit, toUnit } from '../../src/sweep/unit-interval.ts';
import { anySpaces } from './spaces.ts';
import { mistakesIn, reading, spaceText } from './sweep-files.ts';

const eights: Distribution = { kind: 'int', low: 8, high: 36, log: true, step: 8 }; // 8, 16, 24, 32

test('values are multiples, up to the last below the end', () => {
  const drawn = Array.from({ length: 1001 }, (_, at) => fromUnit(eights, at / 1000));
  expect([...new Set(drawn)]).toEqual([8, 16, 24, 32]);
  const tenths: Distribution = { kind: 'float', low: 0.1, high: 0.7, log: true, step: 0.1 };
  expect(new Set(Array.from({ length: 1001 }, (_, at) => fromUnit(tenths, at / 1000)))).toEqual(
    new Set([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]), // as a person writes them
  );
});

test('each has the share around it: of 8 from 4 to 12, in logarithms', () => {
  const borders = [4, 12, 20, 28, 36].map(Math.log) as [number, number, number, number, number];
  const total = borders[4] - borders[0];
  for (const [at, value] of [8, 16, 24, 32].entries()) {
    const [from, to] = [borders[at] as number, borders[at + 1] as number].map(
      (border) => (border - borders[0]) / total,
    );
    expect(fromUnit(eights, (from as number) + 1e-9)).toBe(value);
    expect(fromUnit(eights, (to as number) - 1e-9)).toBe(value);
  }
});

test('a value leads to its place and back, in every distribution', () => {
  const property = fc.property(anySpaces, fc.double({ min: 0, max: 1, noNaN: true }), (space, unit) => {
    for (const { distribution } of space) {
      const value = fromUnit(distribution, unit);
      const place = toUnit(distribution, value);
      expect(place).toBeGreaterThanOrEqual(-1e-12);
      expect(place).toBeLessThanOrEqual(1 + 1e-12);
      const back = fromUnit(distribution, place);
      if (distribution.kind === 'float' && distribution.step === undefined)
        expect(back).toBeCloseTo(value as number, 6);
      else expect(back).toEqual(value);
    }
  });
  fc.assert(property, { numRuns: 200 });
});

test('no grid goes over them: they are not alike', () => {
  expect([sizeOf(eights), valuesOf(eights)]).toEqual([Infinity, undefined]);
});

test('a space holds the values of its steps and no others', () => {
  const space = [{ name: 'a', distribution: eights, when: {} }];
  expect([8, 16, 32, 12, 36, 8.5].map((a) => contains(space, { a }))).toEqual([true, true, true, false, false, false]);
});

describe('in a sweep file', () => {
  const file = (range: string) =>
    `version: 1\nmetric: { name: validate.ndcg, goal: maximize }\nsampler: { type: random }\nparameters:\n  model.rate: ${range}\n`;

  test('step beside log_uniform_values', async () => {
    const spec = await reading(file('{ min: 0.05, max: 1.0, step: 0.05, distribution: log_uniform_values }'));
    expect(spaceText(spec)).toEqual(['model.rate float 0.05…1 step 0.05 log']);
  });

  test('larger than the least value allows', async () => {
    expect(
      await mistakesIn(file('{ min: 1, max: 512, step: 8, distribution: log_uniform_values }')),
    ).toMatchInlineSnapshot(`
      "sweep.yaml:5:3 error: model.rate: a log scale in steps of 8 needs min above 4
        4 | parameters:
        5 |   model.rate: { min: 1, max: 512, step: 8, distribution: log_uniform_values }
          |   ^^^^^^^^^^"
    `);
  });
});
