import { describe, expect, test } from 'vitest';
import { type CleaningRules, cleanRatings } from '../../../stages/datasets/clean-ratings.ts';
import type { Rating } from '../../../stages/datasets/ratings.ts';

const rules: CleaningRules = { duplicates: 'last', zeros: 'drop' };
const row = (user: string, item: string, rating: number, part?: 'train' | 'test'): Rating => ({
  user,
  item,
  rating,
  timestamp: '',
  ...(part === undefined ? {} : { part }),
});
const rows = [row('a', 'x', 4), row('b', 'x', 1), row('a', 'x', 5), row('a', 'x', 2)];

describe('a pair rated more than once', () => {
  test.each([
    ['first', [rows[0], rows[1]]],
    ['last', [rows[1], rows[3]]],
    ['max', [rows[1], rows[2]]],
  ] as const)('%s', (duplicates, kept) => {
    expect(cleanRatings(rows, { ...rules, duplicates })).toEqual({ ratings: kept, zeros: 0, duplicates: 2 });
  });
  test('error', () => {
    expect(() => cleanRatings(rows, { ...rules, duplicates: 'error' })).toThrowError(
      'user a, item x is rated twice: 4 and 5',
    );
  });
  test('once in train and once in test is refused under any rule', () => {
    expect(() => cleanRatings([row('a', 'x', 4, 'train'), row('a', 'x', 4, 'test')], rules)).toThrowError(
      'user a, item x is in both the train and the test part',
    );
  });
});

test('ids that run together are still two pairs', () => {
  expect(cleanRatings([row('a, item b', 'c', 1), row('a', 'b, item c', 1)], rules).duplicates).toBe(0);
});

describe('zero ratings', () => {
  const withZero = [row('a', 'x', 0), row('a', 'x', 3), row('a', 'y', 0)];
  test('dropped, they count and are no duplicates', () => {
    expect(cleanRatings(withZero, { ...rules, duplicates: 'error' })).toEqual({
      ratings: [withZero[1]],
      zeros: 2,
      duplicates: 0,
    });
  });
  test('of which there is nothing else: that is said', () => {
    expect(() => cleanRatings([row('a', 'x', 0), row('a', 'y', 0)], rules)).toThrowError(
      'all 2 ratings are 0, which data.zeros drops',
    );
  });
  test('kept, they are ratings like any other', () => {
    expect(cleanRatings(withZero, { ...rules, zeros: 'keep' })).toEqual({
      ratings: [withZero[1], withZero[2]],
      zeros: 2,
      duplicates: 1,
    });
  });
});

test('a policy that does not exist is refused even where nothing needs it', () => {
  expect(() => cleanRatings([], { ...rules, duplicates: 'newest' as 'last' })).toThrowError(
    'data.duplicates: there is no',
  );
});
