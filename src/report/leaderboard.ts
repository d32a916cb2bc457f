/** The leaderboard of a comparison as text: best first, apart where values may not be ranked together. */
import type { ChalkInstance } from 'chalk';
import { oneLine } from '../logging/format.ts';
import { truncate } from '../logging/table.ts';
import type { ComparedRun, Comparison } from './comparison.ts';
import { goalOf, rank } from './ranking.ts';
import { runTable } from './run-table.ts';
import { trialTable } from './trial-table.ts';

export interface LeaderboardOptions {
  /** Characters a line may have; unset: as many as it takes. */
  readonly width?: number;
  readonly chalk: ChalkInstance;
  /** At most so many runs of each group. */
  readonly limit?: number;
}

/** The page has them all. */
const mostMetrics = 4;

/** Lines of text; without a metric to rank by, the runs as they are. */
export function leaderboard(comparison: Comparison, options: LeaderboardOptions): string[] {
  const { rankBy, runs, metrics, groups, holdout, study, trials = [], verdict, finals = [] } = comparison;
  const goal = rankBy === undefined ? undefined : goalOf(comparison, rankBy);
  const named = Object.keys(metrics).filter((name) => name !== rankBy && metrics[name]?.goal !== null);
  const shared = { ...options, metrics: [...(rankBy === undefined ? [] : [rankBy]), ...named].slice(0, mostMetrics) };
  if (rankBy === undefined || goal === undefined) return runTable({ ...shared, sections: [{ numbered: false, runs }] });
  const seen = holdout.filter(({ metric, configs }) => metric === rankBy && configs > 1);
  const remarks = [
    ...(verdict === undefined ? [] : [oneLine(verdict)]),
    ...finals.map(oneLine),
    ...seen.map(
      ({ configs }) => `${configs} configs were scored on this held-out part: the best of them is flattered by that.`,
    ),
  ];
  const wide = options.width ?? Number.POSITIVE_INFINITY;
  const title = [
    truncate(oneLine(`${comparison.title}, by ${rankBy} (${goal === 'maximize' ? 'most' : 'least'} first)`), wide),
    ...(study?.question === undefined ? [] : [truncate(oneLine(study.question), wide)]),
  ];
  if (trials.length > 0) {
    const single = runTable({ ...shared, sections: [{ numbered: false, runs: byTrial(comparison, options.limit) }] });
    const shown = Math.min(options.limit ?? runs.length, runs.length);
    const some = shown < runs.length ? `, ${shown} of ${runs.length} (--limit)` : '';
    const means = `Means over ${study?.replicates.join(', ')}; the runs they are of${some}:`;
    return [
      ...title,
      ...trialTable(comparison, rankBy, options),
      '',
      options.chalk.dim(oneLine(means)),
      ...single,
      ...remarks,
    ];
  }
  const ranked = rank(runs, rankBy, goal);
  const sections = ranked.map(({ group, runs: members }) => {
    const label = group === null ? 'without a value' : (groups[group]?.label ?? '');
    const title = ranked.length === 1 || label === '' ? {} : { title: oneLine(label) };
    return { ...title, numbered: group !== null, runs: members.slice(0, options.limit ?? members.length) };
  });
  return [...title, ...runTable({ ...shared, sections }), ...remarks];
}

/** The runs of each trial together, best trial first; then those of no mean. */
function byTrial({ trials = [], runs }: Comparison, limit = runs.length): readonly ComparedRun[] {
  const order = trials.flatMap((trial) => trial.runs);
  const place = ({ configHash }: ComparedRun) => (order.indexOf(configHash) + 1 || order.length + 1) - 1;
  return runs.toSorted((a, b) => place(a) - place(b)).slice(0, limit);
}
