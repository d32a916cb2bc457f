/** `seeds:` and `replicates:` of a sweep file. */
import type { JsonValue } from '../pipeline/types.ts';
import type { Point } from './search-space.ts';
import type { SweepFile } from './spec-schema.ts';

type ReplicatesFile = Pick<SweepFile, 'replicates' | 'seeds'>;

/** One set of params for each replicate of a point; a single empty one where there are none. */
export function replicatesOf(source: ReplicatesFile): readonly Point[] {
  const values = replicatedValues(source);
  return values === undefined ? [{}] : values.map((value) => ({ [replicatedParam(source)]: value }));
}

/** The param that replicates differ in. */
export function replicatedParam({ replicates = {} }: ReplicatesFile): string {
  return Object.keys(replicates)[0] ?? 'seed';
}

/** Its values; undefined where nothing is said of them. */
export function replicatedValues({ replicates, seeds }: ReplicatesFile): readonly JsonValue[] | undefined {
  return replicates === undefined ? seeds : (Object.values(replicates)[0] as readonly JsonValue[] | undefined);
}

/** The key that they stand under. */
export function replicatesKey({ replicates }: ReplicatesFile): 'seeds' | 'replicates' {
  return replicates === undefined ? 'seeds' : 'replicates';
}
