import type { Comparison } from '../comparison.ts';

/**
 * The comparison that is embedded in the page. Its names are the users', so no map of them inherits anything: a param
 * `constructor` is found in the runs that set it and in no other.
 */
export function readComparison(json: string): Comparison {
  const comparison = JSON.parse(json) as Comparison;
  const { runs, metrics, series, groups } = comparison;
  const ofRuns = runs.flatMap((run) => [run.params, run.metrics, run.series]);
  for (const named of [metrics, series, groups, ...ofRuns]) Object.setPrototypeOf(named, null);
  return comparison;
}
