/** The best value of each metric, among those that may be ranked together. */
import type { Goal } from '../../pipeline/types.ts';
import type { ComparedRun } from '../comparison.ts';

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
  for (const run of runs) {
    const found = run.metrics[metric];
    if (found === undefined || found.value === null) continue;
    const list = values.get(found.group) ?? [];
    list.push(found.value);
    values.set(found.group, list);
  }
  const better = goal === 'maximize' ? Math.max : Math.min;
  const distinct = [...values].filter(([, list]) => new Set(list).size > 1);
  return new Map(distinct.map(([group, list]) => [group, list.reduce((a, b) => better(a, b))]));
}
