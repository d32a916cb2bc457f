import { meanOf } from '../../statistics/moments.ts';
import type { ComparedRun } from '../comparison.ts';

/** How long the runs took on the average, of those where it is known; null where of none. */
export function meanDurationMs(runs: readonly Pick<ComparedRun, 'durationMs'>[]): number | null {
  const known = runs.flatMap(({ durationMs }) => durationMs ?? []);
  return known.length === 0 ? null : meanOf(known);
}
