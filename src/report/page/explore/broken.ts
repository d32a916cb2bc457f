/** How many have no value of the metric, and why. */
import type { Exploring } from './exploring.ts';

/** `3 failed, 12 pruned, 1 diverged`; empty where all have one. */
export function brokenCounts({ items, apart, losses, metric }: Exploring): string {
  const counts = new Map<string, number>();
  for (const [at, { run, runs }] of items.entries()) {
    if (apart.has(at) || losses[at] !== undefined) continue;
    const isDiverged = runs.some(
      ({ metrics }) => Object.hasOwn(metrics, metric.name) && metrics[metric.name]?.value === null,
    );
    const why = isDiverged ? 'diverged' : run.status === 'complete' ? 'without it' : run.status;
    counts.set(why, (counts.get(why) ?? 0) + 1);
  }
  return [...counts].map(([why, count]) => `${count} ${why}`).join(', ');
}

/** What a line or a dot is in a study with replicates; undefined elsewhere. */
export function trialsSaid({ items, state }: Exploring): string | undefined {
  if (items.every(({ trial }) => trial === undefined)) return undefined;
  const inside = new Set(items.flatMap(({ runs }) => runs)).size;
  const outside = state.comparison.runs.length - inside;
  const left = outside === 0 ? '' : ` Left out: ${outside} runs of no finished trial.`;
  return `Each is a trial, with the mean over its runs.${left}`;
}
