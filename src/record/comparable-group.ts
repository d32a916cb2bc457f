/** Which values of a metric may be ranked together, as one name. */
import { canonicalJson, sha256 } from '../hash.ts';
import type { JsonValue } from '../pipeline/types.ts';

/** What a metric tells of its comparability; rows of the record have it. */
export interface Comparable {
  readonly stage: string;
  readonly comparable: Readonly<Record<string, JsonValue>>;
}

/** The group of a metric value: those of one stage are equal where what they are comparable by is. */
export function groupOf({ stage, comparable }: Comparable): string {
  return `${stage}:${hashOf(comparable)}`;
}

/** Thousands of rows share one object of what they are comparable by, as the record gives them out. */
const hashes = new WeakMap<object, string>();

function hashOf(comparable: Comparable['comparable']): string {
  const known = hashes.get(comparable) ?? sha256(canonicalJson(comparable)).slice(0, 12);
  hashes.set(comparable, known);
  return known;
}
