/** The best value of each metric, among those that may be ranked together. */
import type { Goal } from '../../pipeline/types.ts';
import type { ComparedRun } from '../comparison.ts';
import { bestValue, pushTo } from '../ranking.ts';

/**
 * Looks up the best value of a metric in a group; undefined where the metric has no goal, or all values are the same:
 * of these none is best. What did not end as a finite number is never the best.
 */
export function bestValues(
  runs: readonly ComparedRun[],
  goalOf: (metric: string) => Goal | undefined,
): (metric: string, group: string) => number | undefined {
  const known = new Map<string, ReadonlyMap<string, number>>();
  return (metric, group) => {
    const goal = goalOf(metric);
    if (goal === undefined) return undefined;
    const values = known.get(metric) ?? bestOfGroups(runs, metric, goal);
    known.set(metric, values);
    return values.get(group);
  };
}

function bestOfGroups(runs: readonly ComparedRun[], metric: string, goal: Goal): ReadonlyMap<string, number> {
  const values = new Map<string, number[]>();
  for (const { metrics } of runs) {
    const found = metrics[metric];
    if (found !== undefined && found.value !== null) pushTo(values, found.group, found.value);
  }
  const best = [...values].flatMap(([group, list]) => {
    const value = bestValue(list, goal);
    return value === undefined ? [] : [[group, value] as const];
  });
  return new Map(best);
}
