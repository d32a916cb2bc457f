/** What training sees of a rating. Validation and test keep the rating itself: what counts as relevant is theirs. */
import { DataError } from '../data-error.ts';
import { oneOf } from '../one-of.ts';
import type { Rating } from './ratings.ts';

export interface ValueRules {
  /** Ratings below this are no sign of liking. */
  readonly threshold: number;
  /** `binary`: 1 for each liked item. `minmax`: (rating − lowest) / (highest − lowest), as the notebook has it. */
  readonly values: 'binary' | 'minmax';
}

/**
 * The value of each rating for training; 0 means not liked. Under `minmax` each rating of the lowest value becomes 0,
 * "unrated": the notebook's flaw, which `lostToMinmax` counts.
 *
 * @param train the training part: lowest and highest are looked for in it alone.
 */
export function trainingValues(train: readonly Rating[], rules: ValueRules) {
  const scale = oneOf('split.values', rules.values, { binary: () => () => 1, minmax: minmaxOf })(train);
  const value = ({ rating }: Rating) => (rating >= rules.threshold ? scale(rating) : 0);
  const lostToMinmax = train.filter((row) => row.rating >= rules.threshold && value(row) === 0).length;
  return { value, lostToMinmax };
}

function minmaxOf(train: readonly Rating[]): (rating: number) => number {
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  for (const { rating } of train) {
    lowest = Math.min(lowest, rating);
    highest = Math.max(highest, rating);
  }
  if (lowest === highest) throw new DataError(`split.values is minmax, and all ratings are ${lowest}: nothing is left`);
  return (rating) => (rating - lowest) / (highest - lowest);
}
