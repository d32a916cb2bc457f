import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { idMapOf } from '../../../stages/datasets/id-map.ts';
import type { Rating } from '../../../stages/datasets/ratings.ts';
import { type SplitRules, splitRatings } from '../../../stages/datasets/split-ratings.ts';

const rules: SplitRules = { method: 'random-global', test: 0.2, validation: 0.25, seed: 1 };
const ratings: readonly Rating[] = Array.from({ length: 100 }, (_, i) => ({
  user: String(i % 7),
  item: String(i),
  rating: 1 + (i % 5),
  timestamp: '',
}));

const share = () => fc.double({ min: 0, max: 0.99, noNaN: true });

describe.each(['none', 'random-global', 'random-per-user'] as const)('%s', (method) => {
  test('puts every rating into one part, in the order it came', () => {
    fc.assert(
      fc.property(share(), share(), fc.nat(), (held, val, seed) => {
        const split = splitRatings(ratings, { method, test: held, validation: val, seed });
        const all = [...split.train, ...split.validation, ...split.test];
        expect(new Set(all).size).toBe(ratings.length);
        expect(all.length).toBe(ratings.length);
        for (const part of Object.values(split) as Rating[][])
          expect(part).toEqual(part.toSorted((a, b) => Number(a.item) - Number(b.item)));
      }),
      { numRuns: 30 },
    );
  });
  test('draws the same again, and something else with another seed', () => {
    const split = (seed: number) => splitRatings(ratings, { ...rules, method, seed });
    expect(split(1)).toEqual(split(1));
    expect(split(1)).not.toEqual(split(2));
  });
  test('looks at no value', () => {
    const other = ratings.map((row) => ({ ...row, rating: 9 }));
    const items = (rows: readonly Rating[]) => splitRatings(rows, { ...rules, method }).test.map(({ item }) => item);
    expect(items(other)).toEqual(items(ratings));
  });
});

test('random-global takes shares of all, validation of what test leaves', () => {
  const { train, validation, test: held } = splitRatings(ratings, rules);
  expect([train.length, validation.length, held.length]).toEqual([60, 20, 20]);
});

test('none holds out no test part, whatever split.test says', () => {
  expect(splitRatings(ratings, { ...rules, method: 'none', validation: 0 })).toEqual({
    train: ratings,
    validation: [],
    test: [],
  });
});

describe('random-per-user', () => {
  test('takes its share of each user and leaves each a rating to train on', () => {
    const few = [...ratings, { user: 'one', item: '1', rating: 1, timestamp: '' }];
    const split = splitRatings(few, { ...rules, method: 'random-per-user', test: 0.9 });
    const count = (part: readonly Rating[], user: string) => part.filter((row) => row.user === user).length;
    expect([count(split.train, 'one'), count(split.test, 'one')]).toEqual([1, 0]);
    expect(count(split.test, '0')).toBe(Math.round(0.9 * 15));
    expect(count(split.train, '0')).toBeGreaterThan(0);
  });
  test("another user's ratings change nothing for a user", () => {
    const method = 'random-per-user';
    const own = (rows: readonly Rating[]) =>
      splitRatings(rows, { ...rules, method }).test.filter(({ user }) => user === '3');
    expect(own(ratings.filter(({ user }) => user !== '5'))).toEqual(own(ratings));
  });
});

describe('given', () => {
  const given = ratings.map((row, i): Rating => ({ ...row, part: i % 4 === 0 ? 'test' : 'train' }));
  test('takes the parts the data set names; the test part changes nothing in the others', () => {
    const split = splitRatings(given, { ...rules, method: 'given' });
    expect(split.test).toEqual(given.filter(({ part }) => part === 'test'));
    const fewer = splitRatings(
      given.filter((row, i) => row.part === 'train' || i < 50),
      { ...rules, method: 'given' },
    );
    expect([fewer.train, fewer.validation]).toEqual([split.train, split.validation]);
  });
  test('is refused where the data set names none', () => {
    expect(() => splitRatings(ratings, { ...rules, method: 'given' })).toThrowError('does not say which part');
  });
});

test.each([
  [{ test: 1 }, 'split.test'],
  [{ test: -0.1 }, 'split.test'],
  [{ validation: Number.NaN }, 'split.validation'],
  [{ method: 'random' as 'none' }, 'split.method: there is no "random"'],
])('%j is refused', (wrong, message) => {
  expect(() => splitRatings(ratings, { ...rules, ...wrong })).toThrowError(message);
});

test('ids are numbered by value, those of the test part alone after all others', () => {
  const row = (user: string, item: string): Rating => ({ user, item, rating: 1, timestamp: '' });
  const ids = idMapOf({
    train: [row('10', 'b'), row('9', 'a')],
    validation: [row('x', '01')],
    test: [row('1', 'A'), row('10', 'c')],
  });
  expect(ids).toEqual({
    users: ['9', '10', 'x', '1'],
    items: ['01', 'a', 'b', 'A', 'c'],
    known: { users: 3, items: 3 },
  });
});
