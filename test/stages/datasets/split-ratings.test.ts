import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { idMapOf } from '../../../stages/datasets/id-map.ts';
import type { Rating } from '../../../stages/datasets/ratings.ts';
import { type SplitRules, splitRatings } from '../../../stages/datasets/split-ratings.ts';

const rules: SplitRules = { method: 'random-global', test: 0.2, validation: 0.25, folds: 5, fold: 1, seed: 1 };
const ratings: readonly Rating[] = Array.from({ length: 100 }, (_, i) => ({
  user: String(i % 7),
  item: String(i),
  rating: 1 + (i % 5),
  timestamp: String((i * 37) % 50),
}));

const share = () => fc.double({ min: 0, max: 0.99, noNaN: true });

const methods = [
  'none',
  'random-global',
  'random-per-user',
  'temporal-per-user',
  'leave-one-out',
  'k-fold',
] as const satisfies readonly SplitRules['method'][];

describe.each(methods)('%s', (method) => {
  test('puts every rating into one part, in the order it came', () => {
    fc.assert(
      fc.property(share(), share(), fc.nat(), (held, val, seed) => {
        const split = splitRatings(ratings, { ...rules, method, test: held, validation: val, seed });
        const all = [...split.train, ...split.validation, ...split.test];
        expect(new Set(all).size).toBe(ratings.length);
        expect(all.length).toBe(ratings.length);
        for (const part of Object.values(split) as Rating[][])
          expect(part).toEqual(part.toSorted((a, b) => Number(a.item) - Number(b.item)));
      }),
      { numRuns: 30 },
    );
  });
  test('draws the same again, and where it draws something else with another seed', () => {
    const split = (seed: number) => splitRatings(ratings, { ...rules, method, seed });
    expect(split(1)).toEqual(split(1));
    const draws = !['temporal-per-user', 'leave-one-out'].includes(method);
    expect(isDeepStrictEqual(split(1), split(2))).toBe(!draws);
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

describe('by time', () => {
  const at = (user: string, times: readonly string[]): Rating[] =>
    times.map((timestamp, i) => ({ user, item: `${user}${i}`, rating: 1, timestamp }));
  const items = (rows: readonly Rating[]) => rows.map(({ item }) => item).join(' ');
  const split = (rows: readonly Rating[], change: Partial<SplitRules> = {}) =>
    splitRatings(rows, { ...rules, method: 'temporal-per-user', test: 0.4, validation: 0.34, ...change });

  test("each user's last share is tested, of the rest the last validated; equal times go by the order of the file", () => {
    const found = split([...at('a', ['5', '1', '9', '1', '10']), ...at('b', ['3', '3', '3', '3', '3'])]);
    expect(items(found.test)).toBe('a2 a4 b3 b4');
    expect(items(found.validation)).toBe('a0 b2');
    expect(items(found.train)).toBe('a1 a3 b0 b1');
  });
  test('every user keeps one, and one of few gives what its share rounds to', () => {
    const found = split([...at('one', ['7']), ...at('two', ['8', '7'])], { test: 0.9, validation: 0.9 });
    expect([items(found.train), items(found.validation), items(found.test)]).toEqual(['one0 two1', '', 'two0']);
  });
  test('leave-one-out: the very last one, and the one before it where there is to be a validation part', () => {
    const rows = [...at('a', ['5', '1', '9']), ...at('b', ['2', '1']), ...at('c', ['1'])];
    const one = split(rows, { method: 'leave-one-out' });
    expect([items(one.test), items(one.validation), items(one.train)]).toEqual(['a2 b0', 'a0', 'a1 b1 c0']);
    expect(items(split(rows, { method: 'leave-one-out', validation: 0 }).train)).toBe('a0 a1 b1 c0');
  });
  test('dates are times, without an offset UTC', () => {
    const dates = ['2020-01-02', '2020-01-01T23:59:59', '2020-01-02 00:00:01', '2020-01-02T01:00+02:00'];
    expect(items(split(at('d', dates), { test: 0.25, validation: 0 }).test)).toBe('d2');
    expect(items(split(at('d', dates), { test: 0.5, validation: 0 }).test)).toBe('d0 d2');
  });
  test('numbers and dates in one table are no order', () => {
    expect(() =>
      split([...at('a', ['1700000000', '1800000000']), ...at('b', ['2026-01-31', '2026-02-01'])]),
    ).toThrowError(
      'timestamps are of two kinds, "1700000000" and "2026-01-31": make all of them numbers, or all of them dates',
    );
  });
  test.each([
    ['', 'has no timestamp'],
    ['yesterday', 'has the timestamp "yesterday"'],
    ['2026-02-30', 'has the timestamp "2026-02-30"'],
    ['2026-13-01T10:00Z', 'has the timestamp "2026-13-01T10:00Z"'],
    ['1e999', 'has the timestamp "1e999"'],
  ])('a rating with %j for a time is refused', (timestamp, found) => {
    expect(() => split([...at('a', ['1', timestamp])])).toThrowError(
      `split.method goes by time, and the rating of user a, item a1 ${found}`,
    );
  });
});

describe('k-fold', () => {
  const fold = (n: number, change: Partial<SplitRules> = {}) =>
    splitRatings(ratings.slice(0, 97), { ...rules, method: 'k-fold', fold: n, ...change });
  test('the folds are disjoint, all of one size, and together all there is', () => {
    const parts = [1, 2, 3, 4, 5].map((n) => fold(n).test);
    expect(parts.map(({ length }) => length).sort()).toEqual([19, 19, 19, 20, 20]);
    expect(new Set(parts.flat()).size).toBe(97);
  });
  test.each([
    [{ folds: 1 }, 'split.folds: 1'],
    [{ folds: 2.5 }, 'split.folds: 2.5'],
    [{ folds: 98 }, 'to the 97 ratings'],
    [{ fold: 0 }, 'split.fold: 0 is not one of the folds 1 to 5'],
    [{ fold: 6 }, 'split.fold: 6'],
  ])('%j is refused', (change, message) => {
    expect(() => fold(1, change)).toThrowError(message);
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
