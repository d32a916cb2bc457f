import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rankerOf } from '../../../stages/metrics/top-k.ts';

describe('topK', () => {
  const none = new Int32Array();
  const topK = (scores: Float32Array, k: number, candidates: number, excluded: Int32Array) =>
    rankerOf(k, candidates).best(scores, excluded);

  test('orders by score, then lower index', () => {
    expect([...topK(Float32Array.of(1, 3, 3, 2, 3), 4, 5, none)]).toEqual([1, 2, 4, 3]);
  });
  test('leaves out what is excluded and what is no candidate', () => {
    expect([...topK(Float32Array.of(5, 4, 3, 2, 1), 3, 4, Int32Array.of(0, 2))]).toEqual([1, 3]);
  });
  test('NaN and items without a score come last, by index', () => {
    expect([...topK(Float32Array.of(Number.NaN, -1e30, Number.NaN, 0), 6, 6, none)]).toEqual([3, 1, 0, 2, 4, 5]);
  });
  test('equals sorting everything, whatever the ties', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.integer({ min: 0, max: 5 }), fc.constantFrom(Number.NaN, Infinity, -Infinity)), {
          maxLength: 40,
        }),
        fc.integer({ min: 1, max: 12 }),
        fc.uniqueArray(fc.nat(39)),
        (values, k, excluded) => {
          const key = (item: number) => (Number.isNaN(values[item]) ? -Infinity : (values[item] as number));
          const sorted = [...values.keys()]
            .filter((item) => !excluded.includes(item))
            .sort((a, b) => (key(a) === key(b) ? a - b : key(b) > key(a) ? 1 : -1));
          const mask = Int32Array.from(excluded).sort();
          expect([...topK(Float32Array.from(values), k, values.length, mask)]).toEqual(sorted.slice(0, k));
        },
      ),
    );
  });

  test('leaves the scores as they are, and one user changes nothing for the next', () => {
    const scores = Float32Array.of(3, 2, 1);
    const ranker = rankerOf(2, 3);
    expect([...ranker.best(scores, Int32Array.of(0))]).toEqual([1, 2]);
    expect([...ranker.best(scores, none)]).toEqual([0, 1]);
    expect([...ranker.best(new Float32Array(), Int32Array.of(1))]).toEqual([0, 2]);
    expect([...scores]).toEqual([3, 2, 1]);
  });
  test('what is excluded never comes back for want of others', () => {
    expect([...topK(Float32Array.of(-Infinity, 1, -Infinity, Number.NaN), 4, 5, Int32Array.of(1, 2))]).toEqual([
      0, 3, 4,
    ]);
    expect([...topK(Float32Array.of(1, 2), 3, 2, Int32Array.of(0, 1))]).toEqual([]);
  });
});
