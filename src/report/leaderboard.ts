/** The leaderboard of a comparison as text: best first, apart where values may not be ranked together. */
import type { ChalkInstance } from 'chalk';
import { finalistsTable } from '../logging/finalists-table.ts';
import { oneLine } from '../logging/format.ts';
import { truncate } from '../logging/table.ts';
import type { Goal } from '../pipeline/types.ts';
import type { ComparedRun, Comparison } from './comparison.ts';
import { goalOf, rank } from './ranking.ts';
import { runTable } from './run-table.ts';
import type { Section } from './sorted-runs.ts';
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
  const { rankBy, runs, metrics, trials = [] } = comparison;
  const goal = rankBy === undefined ? undefined : goalOf(comparison, rankBy);
  const named = Object.keys(metrics).filter((name) => name !== rankBy && metrics[name]?.goal !== null);
  const shown = [...(rankBy === undefined ? [] : [rankBy]), ...named].slice(0, mostMetrics);
  const tableOf = (sections: readonly Section[]) => runTable({ ...options, metrics: shown, sections });
  if (rankBy === undefined || goal === undefined) return tableOf([{ numbered: false, runs }]);
  const all = rankedSections(comparison, rankBy, goal);
  const sections = all.map((section) => ({ ...section, runs: section.runs.slice(0, options.limit) }));
  const body =
    trials.length === 0
      ? [...tableOf(sections), ...leftOut(all, options.limit)]
      : [
          ...trialTable(comparison, rankBy, options),
          '',
          options.chalk.dim(oneLine(meansOf(comparison, options.limit))),
          ...tableOf([{ numbered: false, runs: byTrial(comparison, options.limit) }]),
        ];
  const finals = finalLines(comparison, options);
  return [...heading(comparison, rankBy, goal, options.width), ...body, ...remarks(comparison, rankBy), ...finals];
}

function meansOf({ study, runs }: Comparison, limit = runs.length): string {
  const some = limit < runs.length ? `, ${limit} of ${runs.length} (--limit)` : '';
  return `Means over ${study?.replicates.join(', ')}; the runs they are of${some}:`;
}

function heading({ title, study }: Comparison, metric: string, goal: Goal, width = Number.POSITIVE_INFINITY): string[] {
  const lines = [`${title}, by ${metric} (${goal === 'maximize' ? 'most' : 'least'} first)`, study?.question];
  return lines.flatMap((line) => (line === undefined ? [] : [truncate(oneLine(line), width)]));
}

/** Final runs that the search's metric is not of have a table of their own. */
function rankedSections(comparison: Comparison, metric: string, goal: Goal): Section[] {
  const { runs, groups } = comparison;
  const isFinal = finalRunsOf(comparison);
  const ranked = rank(
    runs.filter((run) => run.metrics[metric] !== undefined || !isFinal(run)),
    metric,
    goal,
  );
  return ranked.map(({ group, runs: members }) => {
    const label = group === null ? 'without a value' : (groups[group]?.label ?? '');
    const title = ranked.length === 1 || label === '' ? {} : { title: oneLine(label) };
    return { ...title, numbered: group !== null, runs: members };
  });
}

function finalRunsOf({ finalists }: Comparison): (run: ComparedRun) => boolean {
  const finals = new Set<string | null>(finalists?.rows.flatMap(({ values }) => values.map(({ run }) => run)));
  return ({ configHash }) => finals.has(configHash);
}

function leftOut(sections: readonly Section[], limit = Number.POSITIVE_INFINITY): string[] {
  const left = sections.reduce((sum, { runs }) => sum + Math.max(0, runs.length - limit), 0);
  return left === 0 ? [] : [`and ${left} more (--limit)`];
}

/** The runs of each trial together, best trial first; then those of no mean, but for final runs. */
function byTrial(comparison: Comparison, limit?: number): readonly ComparedRun[] {
  const { trials = [], runs } = comparison;
  const isFinal = finalRunsOf(comparison);
  const places = new Map<string, number>();
  for (const hash of trials.flatMap((trial) => trial.runs)) if (!places.has(hash)) places.set(hash, places.size);
  const place = ({ configHash }: ComparedRun) => places.get(configHash) ?? places.size;
  const shown = runs.filter((run) => places.has(run.configHash) || !isFinal(run));
  return shown.toSorted((a, b) => place(a) - place(b)).slice(0, limit);
}

function finalLines({ finalists }: Comparison, { width, chalk, limit }: LeaderboardOptions): string[] {
  if (finalists === undefined) return [];
  const style = {
    heading: chalk.bold,
    ...(width === undefined ? {} : { width }),
    ...(limit === undefined ? {} : { limit }),
  };
  return ['', 'final runs:', ...finalistsTable(finalists, style)];
}

function remarks({ verdict, holdout }: Comparison, ranked: string): string[] {
  const seen = holdout.filter(({ metric, configs }) => metric === ranked && configs > 1);
  return [
    ...(verdict === undefined ? [] : [oneLine(verdict)]),
    ...seen.map(
      ({ configs }) => `${configs} configs were scored on this held-out part: the best of them is flattered by that.`,
    ),
  ];
}
