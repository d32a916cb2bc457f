/** Which part each rating is in. Values play no role: only how many ratings there are, and whose they are. */
import { DataError } from '../data-error.ts';
import { oneOf } from '../one-of.ts';
import { stream } from '../random-stream.ts';
import type { Rating } from './ratings.ts';

export interface SplitRules {
  readonly method: 'none' | 'random-global' | 'random-per-user' | 'given';
  /** Share of all ratings for test; of each user's own under `random-per-user`. Of no effect under `none`, `given`. */
  readonly test: number;
  /** Share of what is left for validation, drawn the same way; globally under `none` and `given`. */
  readonly validation: number;
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
  const draw = oneOf('split.method', rules.method, { ...drawn, none: drawGlobal, given: drawGlobal });
  const test = testPart(ratings, rules);
  const rest = ratings.filter((rating) => !test.has(rating));
  const validation = draw(rest, rules.validation, rules.seed, 'validation');
  return {
    train: rest.filter((rating) => !validation.has(rating)),
    validation: rest.filter((rating) => validation.has(rating)),
    test: ratings.filter((rating) => test.has(rating)),
  };
}

type Draw = (ratings: readonly Rating[], share: number, seed: number, name: string) => Set<Rating>;
const drawn = { 'random-global': drawGlobal, 'random-per-user': drawPerUser } satisfies Record<string, Draw>;

function testPart(ratings: readonly Rating[], { method, test, seed }: SplitRules): Set<Rating> {
  if (method === 'none') return new Set();
  if (method !== 'given') return drawn[method](ratings, test, seed, 'test');
  if (ratings.some(({ part }) => part === undefined))
    throw new DataError('split.method is given, and the data set does not say which part its ratings are in');
  return new Set(ratings.filter(({ part }) => part === 'test'));
}

function drawGlobal(ratings: readonly Rating[], share: number, seed: number, name: string): Set<Rating> {
  const shuffled = stream(seed, 'split', name).shuffle([...ratings]);
  return new Set(shuffled.slice(0, Math.round(share * ratings.length)));
}

/** Each user keeps one rating at least, and draws from a stream of its own: other users change nothing for it. */
function drawPerUser(ratings: readonly Rating[], share: number, seed: number, name: string): Set<Rating> {
  const byUser = new Map<string, Rating[]>();
  for (const rating of ratings) {
    const own = byUser.get(rating.user);
    if (own === undefined) byUser.set(rating.user, [rating]);
    else own.push(rating);
  }
  const chosen = new Set<Rating>();
  for (const [user, own] of byUser) {
    const count = Math.min(Math.round(share * own.length), own.length - 1);
    for (const rating of stream(seed, 'split', name, user)
      .shuffle([...own])
      .slice(0, count))
      chosen.add(rating);
  }
  return chosen;
}

function checkShare(param: string, share: number): void {
  if (!(share >= 0 && share < 1))
    throw new DataError(`${param}: ${share} is not a share from 0 up to, not including, 1`);
}
