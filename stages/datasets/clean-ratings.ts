/** Duplicates and zero ratings: counted, and handled as the params say. */
import { DataError } from '../data-error.ts';
import { oneOf } from '../one-of.ts';
import type { Rating } from './ratings.ts';

export interface CleaningRules {
  /** Which rating of a pair rated more than once counts: in file order, or by value; `error` refuses them. */
  readonly duplicates: 'first' | 'last' | 'max' | 'error';
  /** Many exports write 0 for "not rated": drop those, or keep 0 as a rating like any other. */
  readonly zeros: 'drop' | 'keep';
}

export interface Cleaned {
  readonly ratings: readonly Rating[];
  /** Zero ratings found, whether dropped or kept. */
  readonly zeros: number;
  /** Ratings left out because their pair has another one. */
  readonly duplicates: number;
}

/** Whether a later rating takes the place of an earlier one of the same pair. */
const policies: Readonly<Record<string, (row: Rating, before: Rating) => boolean>> = {
  first: () => false,
  last: () => true,
  max: (row, before) => row.rating > before.rating,
  error: (row, before) => {
    const both = `${before.rating} and ${row.rating}`;
    throw new DataError(`${pairOf(row)} is rated twice: ${both}; data.duplicates says which counts`);
  },
};

/**
 * Keeps the order of the file. Throws DataError where nothing is left, and for a pair that is in both the train and the test part, whatever the
 * rules say: a model would be tested on what it learned.
 */
export function cleanRatings(all: readonly Rating[], rules: CleaningRules): Cleaned {
  const replaces = oneOf('data.duplicates', rules.duplicates, policies);
  const zeroStays = oneOf('data.zeros', rules.zeros, { drop: false, keep: true });
  const rows = all.filter(({ rating }) => zeroStays || rating !== 0);
  if (rows.length === 0 && all.length > 0)
    throw new DataError(
      `all ${all.length} ratings are 0, which data.zeros drops: keep makes them ratings like any other`,
    );
  const kept = new Map<string, Rating>();
  for (const row of rows) {
    const before = kept.get(keyOf(row));
    if (before !== undefined && before.part !== row.part)
      throw new DataError(`${pairOf(row)} is in both the train and the test part`);
    if (before === undefined || replaces(row, before)) kept.set(keyOf(row), row);
  }
  const ratings = rows.filter((row) => kept.get(keyOf(row)) === row);
  const zeros = all.filter(({ rating }) => rating === 0).length;
  return { ratings, zeros, duplicates: rows.length - ratings.length };
}

/** Ids hold no tab. */
function keyOf({ user, item }: Rating): string {
  return `${user}\t${item}`;
}

function pairOf({ user, item }: Rating): string {
  return `user ${user}, item ${item}`;
}
