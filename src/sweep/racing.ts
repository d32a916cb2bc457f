/** Adaptive replicates: trials that are surely not the best get no further ones. */
import type { Goal } from '../pipeline/types.ts';
import { advantage, bestOf, type ReplicatedTrial } from '../statistics/compared-with-best.ts';
import { holm } from '../statistics/holm.ts';
import { tTest } from '../statistics/student-t.ts';

export interface RacingSettings {
  /** Before each trial has so many, none is out; at least 2. */
  readonly minReplicates: number;
  readonly alpha: number;
}

const usual: RacingSettings = { minReplicates: 3, alpha: 0.05 };

/**
 * Which trials are still in the race, in the order given: the best of those that run in it, and all that are not worse by a
 * paired t test over replicates, two-sided, with Holm's correction. It is the race by t of irace (`testType = "t-test-holm"`;
 * López-Ibáñez et al., Operations Research Perspectives 3, 2016; Birattari et al., GECCO 2002).
 * Replicates alone count, whatever units they have: those who race do so over seeds.
 *
 * @param trials those still in the race. All are judged by as many replicates as each of them has.
 */
export function racing(
  trials: readonly ReplicatedTrial[],
  goal: Goal,
  { minReplicates, alpha }: RacingSettings = usual,
): number[] {
  const all = trials.map(({ number }) => number);
  const common = trials.reduce((count, { values }) => Math.min(count, values.length), Infinity);
  if (trials.length < 2 || common < Math.max(2, minReplicates)) return all;
  const level = trials.map(({ number, values }) => ({ number, values: values.slice(0, common) }));
  const best = bestOf(level, goal);
  const rivals = level.filter(({ number }) => number !== best.number);
  const tests = rivals.map(({ values }) =>
    tTest(values.map((value, at) => advantage(best.values[at] as number, value, goal))),
  );
  const corrected = holm(tests.map(({ p }) => p));
  const out = new Set(rivals.filter((_, at) => (corrected[at] as number) < alpha).map(({ number }) => number));
  return all.filter((number) => !out.has(number));
}
