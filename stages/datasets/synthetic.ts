/**
 * Ratings nobody gave, of the shape of MovieLens 100K: a long tail of items and of users, every user with at least
 * `minPerUser` ratings, and latent tastes, so that collaborative filtering finds more than popularity does.
 *
 * Users and items have Gaussian factors. Which items a user rates: a draw without replacement with weights
 * popularity(item) · exp(taste · affinity(user, item)), by the Gumbel-top-k trick. How high: by affinity, the item's
 * quality, the user's mood and noise, cut at the quantiles that give MovieLens 100K's shares of 1 … 5.
 */
import { DataError } from '../data-error.ts';
import { type RandomStream, stream } from '../random-stream.ts';
import type { Rating } from './ratings.ts';

export interface SyntheticSize {
  readonly users: number;
  readonly items: number;
  readonly ratings: number;
  readonly min_per_user: number;
  /** Dimensions of taste. */
  readonly factors: number;
}

/** How strongly affinity, next to popularity, decides what is rated. */
const taste = 1.5;
/** Spread of log popularity and of log activity: chosen to match MovieLens 100K's quantiles. */
const popularitySpread = 1.85;
const activitySpread = 1.2;
/** No user rates more than this share of the items (737 of 1,682 in MovieLens 100K). */
const maxShare = 0.44;
/** Up to which share of all ratings go 1, 2, 3, 4 and 5 stars, from the lowest score: MovieLens 100K's own. */
const starsUpTo = [0.0611, 0.1748, 0.44625, 0.78799, 1];

/** The same ratings for the same size and seed, by user and item; ids count from 1. */
export function syntheticRatings(size: SyntheticSize, seed: number): Rating[] {
  check(size);
  const { users, items, factors } = size;
  const draw = stream(seed, 'synthetic');
  const userFactors = normals(users * factors, draw);
  const itemFactors = normals(items * factors, draw);
  const logPopularity = normals(items, draw).map((z) => z * popularitySpread);
  const affinity = affinityOf(userFactors, itemFactors, factors);
  const activity = activityOf(size, draw);
  const chosen = Array.from({ length: users }, (_, user) =>
    chooseItems(activity[user] ?? 0, items, (item) => (logPopularity[item] ?? 0) + taste * affinity(user, item), draw),
  );
  rateEveryItem(chosen, items, draw);
  const quality = normals(items, draw);
  const mood = normals(users, draw);
  const liking = chosen.flatMap((own, user) =>
    Array.from(own, (item) => ({
      user,
      item,
      score: affinity(user, item) + 0.7 * (quality[item] ?? 0) + 0.5 * (mood[user] ?? 0) + 0.7 * draw.normal(),
    })),
  );
  return starsOf(liking).map(({ user, item, stars }) => {
    const timestamp = String(874_724_710 + draw.integer(18_561_929));
    return { user: String(user + 1), item: String(item + 1), rating: stars, timestamp };
  });
}

function check({ users, items, ratings, min_per_user, factors }: SyntheticSize): void {
  for (const [name, value] of Object.entries({ users, items, ratings, min_per_user, factors }))
    if (!Number.isInteger(value) || value < 1) throw new DataError(`data.synthetic.${name}: ${value} is no count`);
  const most = users * Math.floor(items * maxShare);
  if (ratings < users * min_per_user || ratings < items || ratings > most)
    throw new DataError(
      `data.synthetic.ratings: ${ratings} is not between ${Math.max(users * min_per_user, items)} (each user ` +
        `${min_per_user}, each item one) and ${most} (each user at most ${maxShare * 100} % of the items)`,
    );
}

function normals(length: number, draw: RandomStream): Float64Array {
  return Float64Array.from({ length }, () => draw.normal());
}

/** Standard normal over all pairs: the dot product over √factors. */
function affinityOf(userFactors: Float64Array, itemFactors: Float64Array, factors: number) {
  return (user: number, item: number): number => {
    let dot = 0;
    for (let f = 0; f < factors; f++)
      dot += (userFactors[user * factors + f] as number) * (itemFactors[item * factors + f] as number);
    return dot / Math.sqrt(factors);
  };
}

/** `[users]`: how many items each rates; log-normal above the minimum, their sum exactly `ratings`. */
function activityOf({ users, items, ratings, min_per_user }: SyntheticSize, draw: RandomStream): Int32Array {
  const most = Math.floor(items * maxShare);
  const weights = normals(users, draw).map((z) => Math.exp(z * activitySpread));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const extra = ratings - users * min_per_user;
  const counts = Int32Array.from(weights, (weight) =>
    Math.min(most, min_per_user + Math.floor((extra * weight) / total)),
  );
  let left = ratings - counts.reduce((sum, count) => sum + count, 0);
  while (left > 0) {
    const user = draw.integer(users);
    if ((counts[user] ?? most) >= most) continue;
    counts[user] = (counts[user] ?? 0) + 1;
    left--;
  }
  return counts;
}

/** `count` different items, drawn with weights exp(logWeight): the largest of logWeight + Gumbel noise. */
function chooseItems(
  count: number,
  items: number,
  logWeight: (item: number) => number,
  draw: RandomStream,
): Set<number> {
  const keys = Float64Array.from(
    { length: items },
    (_, item) => logWeight(item) - Math.log(-Math.log(1 - draw.uniform())),
  );
  const least = keys.toSorted()[items - count] as number;
  const chosen = Array.from(keys.keys()).filter((item) => (keys[item] as number) >= least);
  return new Set(chosen.slice(0, count));
}

/** Each item nobody chose takes the place of the most chosen item of a user drawn for it. */
function rateEveryItem(chosen: readonly Set<number>[], items: number, draw: RandomStream): void {
  const counts = new Int32Array(items);
  for (const own of chosen) for (const item of own) counts[item] = (counts[item] ?? 0) + 1;
  for (let item = 0; item < items; item++) {
    while (counts[item] === 0) {
      const own = chosen[draw.integer(chosen.length)] as Set<number>;
      const most = [...own].reduce((best, other) => ((counts[other] ?? 0) > (counts[best] ?? 0) ? other : best));
      if ((counts[most] ?? 0) < 2) continue;
      own.delete(most);
      own.add(item);
      counts[most] = (counts[most] ?? 0) - 1;
      counts[item] = 1;
    }
  }
}

/** Cuts the scores at the quantiles of {@link starsUpTo}; sorted by user and item. */
function starsOf(liking: { readonly user: number; readonly item: number; readonly score: number }[]) {
  const rising = liking.toSorted((a, b) => a.score - b.score || a.user - b.user || a.item - b.item);
  const ends = starsUpTo.map((share) => Math.round(share * liking.length));
  return rising
    .map(({ user, item }, rank) => ({ user, item, stars: 1 + ends.findIndex((end) => rank < end) }))
    .sort((a, b) => a.user - b.user || a.item - b.item);
}
