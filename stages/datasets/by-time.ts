/** The last ratings of each user, by their timestamps. */
import { DataError } from '../data-error.ts';
import type { Rating } from './ratings.ts';

/**
 * Each user's latest ratings: of a user with n of them `count(n)`, and never the last one that is left. Equal times are
 * ordered as in the file. Other users change nothing for a user; times of one user say nothing of another's, so that what
 * one did later may stand in training beside the test of what another did before.
 *
 * @throws DataError where a rating has no time, or some have numbers and some dates.
 */
export function latestOfEach(ratings: readonly Rating[], count: (ratings: number) => number): Set<Rating> {
  const latest = new Set<Rating>();
  for (const own of byUser(ratings).values()) {
    const byTime = own.map((rating) => ({ rating, time: timeOf(rating) })).sort((a, b) => a.time - b.time);
    const first = Math.max(1, own.length - count(own.length));
    for (const { rating } of byTime.slice(first)) latest.add(rating);
  }
  failIfMixed(ratings);
  return latest;
}

/** In the order of the ratings. */
export function byUser(ratings: readonly Rating[]): Map<string, Rating[]> {
  const users = new Map<string, Rating[]>();
  for (const rating of ratings) {
    const own = users.get(rating.user);
    if (own === undefined) users.set(rating.user, [rating]);
    else own.push(rating);
  }
  return users;
}

const date = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:?\d\d)?)?$/;

/** A number, in whatever unit, or a date of ISO 8601; one without an offset is read as UTC on every machine. */
function timeOf({ user, item, timestamp }: Rating): number {
  const iso = date.exec(timestamp);
  const time = iso === null ? numberIn(timestamp) : instantOf(iso);
  if (Number.isFinite(time)) return time;
  const found = timestamp === '' ? 'has no timestamp' : `has the timestamp ${JSON.stringify(timestamp)}`;
  throw new DataError(
    `split.method goes by time, and the rating of user ${user}, item ${item} ${found}: every rating needs one, a number ` +
      'or a date such as 2026-01-31 or 2026-01-31T18:05:00Z',
  );
}

/** NaN for a day that no calendar has: `Date.parse` takes 31 February for 3 March. */
function instantOf([, day = '', time = '00:00', offset = 'Z']: RegExpExecArray): number {
  const midnight = Date.parse(`${day}T00:00Z`);
  const isDay = Number.isFinite(midnight) && new Date(midnight).toISOString().startsWith(day);
  return isDay ? Date.parse(`${day}T${time}${offset}`) : Number.NaN;
}

/** A number of seconds beside a date of milliseconds would come first, whenever it was. */
function failIfMixed(ratings: readonly Rating[]): void {
  const [first] = ratings;
  const other = ratings.find(({ timestamp }) => date.test(timestamp) !== date.test(first?.timestamp ?? ''));
  if (first !== undefined && other !== undefined)
    throw new DataError(
      `split.method goes by time, and timestamps are of two kinds, ${JSON.stringify(first.timestamp)} and ` +
        `${JSON.stringify(other.timestamp)}: make all of them numbers, or all of them dates`,
    );
}

function numberIn(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}
