/** Which part each rating is in. Values play no role: only how many ratings there are, whose they are, and when. */
import { DataError } from '../data-error.ts';
import { oneOf } from '../one-of.ts';
import { stream } from '../random-stream.ts';
import { byUser, latestOfEach } from './by-time.ts';
import type { Rating } from './ratings.ts';

export interface SplitRules {
  readonly method:
    | 'none'
    | 'random-global'
    | 'random-per-user'
    | 'temporal-per-user'
    | 'leave-one-out'
    | 'k-fold'
    | 'given';
  /** Share of all ratings for test; of each user's own in `*-per-user`. The other methods do not read it. */
  readonly test: number;
  /**
   * Share of what is left for validation, chosen the same way; globally under `none`, `k-fold` and `given`. Under
   * `leave-one-out` each user's last but one, where this is above 0.
   */
  readonly validation: number;
  /** `k-fold`: how many parts of equal size, and which of them, from 1, is the test part. */
  readonly folds: number;
  readonly fold: number;
  readonly seed: number;
}

export interface Split {
  readonly train: readonly Rating[];
  readonly validation: readonly Rating[];
  readonly test: readonly Rating[];
}

/** Keeps the order of the ratings in each part. Test and validation are drawn from streams of their own. */
export function splitRatings(ratings: readonly Rating[], rules: SplitRules): Split {
  checkShare('split.test', rules.test);
  checkShare('split.validation', rules.validation);
  const { test: testOf, validation: validationOf } = oneOf('split.method', rules.method, methods);
  const test = testOf(ratings, rules);
  const rest = ratings.filter((rating) => !test.has(rating));
  const validation = validationOf(rest, rules);
  return {
    train: rest.filter((rating) => !validation.has(rating)),
    validation: rest.filter((rating) => validation.has(rating)),
    test: ratings.filter((rating) => test.has(rating)),
  };
}

type Choose = (ratings: readonly Rating[], rules: SplitRules) => Set<Rating>;

const globalValidation: Choose = (rest, { validation, seed }) => drawGlobal(rest, validation, seed, 'validation');
const lastOne: Choose = (ratings) => latestOfEach(ratings, () => 1);

const methods: Readonly<Record<SplitRules['method'], { readonly test: Choose; readonly validation: Choose }>> = {
  none: { test: () => new Set(), validation: globalValidation },
  'random-global': {
    test: (ratings, { test, seed }) => drawGlobal(ratings, test, seed, 'test'),
    validation: globalValidation,
  },
  'random-per-user': {
    test: (ratings, { test, seed }) => drawPerUser(ratings, test, seed, 'test'),
    validation: (rest, { validation, seed }) => drawPerUser(rest, validation, seed, 'validation'),
  },
  'temporal-per-user': {
    test: (ratings, { test }) => latestOfEach(ratings, (count) => Math.round(test * count)),
    validation: (rest, { validation }) => latestOfEach(rest, (count) => Math.round(validation * count)),
  },
  'leave-one-out': {
    test: lastOne,
    validation: (rest, rules) => (rules.validation > 0 ? lastOne(rest, rules) : new Set()),
  },
  'k-fold': { test: drawFold, validation: globalValidation },
  given: { test: givenTest, validation: globalValidation },
};

function givenTest(ratings: readonly Rating[]): Set<Rating> {
  if (ratings.some(({ part }) => part === undefined))
    throw new DataError('split.method is given, and the data set does not say which part its ratings are in');
  return new Set(ratings.filter(({ part }) => part === 'test'));
}

function drawGlobal(ratings: readonly Rating[], share: number, seed: number, name: string): Set<Rating> {
  const shuffled = stream(seed, 'split', name).shuffle([...ratings]);
  return new Set(shuffled.slice(0, Math.round(share * ratings.length)));
}

/** One order for all folds of a seed, cut into parts that differ by one rating at most. */
function drawFold(ratings: readonly Rating[], { folds, fold, seed }: SplitRules): Set<Rating> {
  if (!Number.isInteger(folds) || folds < 2 || folds > ratings.length)
    throw new DataError(
      `split.folds: ${folds} is not a whole number from 2 to the ${ratings.length} ratings there are`,
    );
  if (!Number.isInteger(fold) || fold < 1 || fold > folds)
    throw new DataError(`split.fold: ${fold} is not one of the folds 1 to ${folds}`);
  const shuffled = stream(seed, 'split', 'folds').shuffle([...ratings]);
  const end = (upTo: number) => Math.round((upTo * ratings.length) / folds);
  return new Set(shuffled.slice(end(fold - 1), end(fold)));
}

/** Each user keeps one rating at least, and draws from a stream of its own: other users change nothing for it. */
function drawPerUser(ratings: readonly Rating[], share: number, seed: number, name: string): Set<Rating> {
  const chosen = new Set<Rating>();
  for (const [user, own] of byUser(ratings)) {
    const count = Math.min(Math.round(share * own.length), own.length - 1);
    const shuffled = stream(seed, 'split', name, user).shuffle([...own]);
    for (const rating of shuffled.slice(0, count)) chosen.add(rating);
  }
  return chosen;
}

function checkShare(param: string, share: number): void {
  if (!(share >= 0 && share < 1))
    throw new DataError(`${param}: ${share} is not a share from 0 up to, not including, 1`);
}
