/** The record → a comparison: plain data, with curves and logs read from the store. */
import { UserError } from '../errors.ts';
import { short } from '../hash.ts';
import type { Goal } from '../pipeline/types.ts';
import { groupOf } from '../record/comparable-group.ts';
import type { Index } from '../record/open-index.ts';
import type { MetricRow, RunRow } from '../record/rows.ts';
import type { Layout } from '../store/layout.ts';
import { comparableGroups } from './comparable-groups.ts';
import { comparedFinals, type FinalsOptions } from './compared-finals.ts';
import { comparedRuns } from './compared-runs.ts';
import { comparedTrials } from './compared-trials.ts';
import type { Comparison, MetricInfo, SeriesInfo } from './comparison.ts';
import { metricNamed } from './named.ts';
import type { readSeries } from './read-series.ts';
import { filteredRows, type RunRows, rowsOf, selectedRuns } from './record-rows.ts';
import { comparedStudy, objectiveOf, rankingMetric, splitParam } from './study-of.ts';
import { withoutUnused } from './unused-params.ts';

export interface ComparisonOptions {
  /** To rank by, in full or its last part where that is one metric's alone. */
  readonly metric?: string | undefined;
  /** A filter of the runs; trials stay of which all do. */
  readonly where?: string | undefined;
  /** What is asked of the final runs alone. */
  readonly finals?: FinalsOptions | undefined;
  /** Of a comparison that is made again and again: {@link seriesReader}. */
  readonly read?: typeof readSeries;
}

/**
 * The runs that `selection` names (hashes, `HASH@2`, `latest`, studies) beside each other; without any, those of the
 * newest study, or all runs where there is none.
 * Throws UserError for a name that is no run's and no study's, for a metric that there is not or that has no goal, and for a
 * filter that cannot be understood.
 */
export async function comparisonOf(
  index: Index,
  layout: Layout,
  selection: readonly string[],
  { metric, where, finals, read }: ComparisonOptions = {},
): Promise<Comparison> {
  const { study, runs } = await selectedRuns(index, selection);
  const all = await rowsOf(index, runs);
  const rows = where === undefined ? all : await filteredRows(index, study, all, where);
  const kept = new Set(rows);
  const out = new Set(all.filter((row) => !kept.has(row)).map(({ run }) => run.configHash));
  const metrics = rows.flatMap((r) => r.metrics);
  const objective = await objectiveOf(index, selection);
  const info = metricInfo(metrics, objective);
  const groups = comparableGroups(metrics);
  const rankBy = metric === undefined ? rankingMetric(objective?.name, metrics) : chosenMetric(info, metric);
  const splitBy = splitParam(study);
  const compared = comparedStudy(study);
  const goalOf = (name: string) => info[name]?.goal ?? null;
  const ofStudy = { row: study, study: compared.study, runs: rows, goalOf, out };
  return {
    format: 1,
    title: titleOf(
      rows.map(({ run }) => run),
      study?.name,
      where,
    ),
    generatedAt: new Date().toISOString(),
    ...compared,
    runs: withoutUnused(await comparedRuns(index, layout, rows, read), study?.spec ?? null),
    ...(await comparedTrials(index, layout, compared.study, rows, info, rankBy, out)),
    ...(await comparedFinals(index, layout, ofStudy, finals)),
    metrics: info,
    series: seriesInfo(rows),
    groups,
    ...(rankBy === undefined ? {} : { rankBy }),
    ...(splitBy === undefined ? {} : { splitBy }),
    holdout: (await index.holdouts())
      .map((row) => ({ metric: row.metric, group: groupOf(row), configs: row.configs }))
      .filter(({ metric, group }) => metric in info && group in groups),
  };
}

function titleOf(runs: readonly RunRow[], study: string | undefined, where: string | undefined): string {
  const suchThat = where === undefined ? '' : ` where ${where}`;
  if (study !== undefined) return `Study ${study}${suchThat}`;
  const [only] = runs;
  return runs.length === 1 && only !== undefined
    ? `Run ${short(only.configHash)}@${only.attempt}`
    : `${runs.length} runs${suchThat}`;
}

function chosenMetric(info: Readonly<Record<string, MetricInfo>>, typed: string): string {
  const name = metricNamed(typed, Object.keys(info));
  if (info[name]?.goal === null)
    throw new UserError(`${name} has no goal to rank by`, 'say in pipeline.yaml whether to maximize or minimize it');
  return name;
}

/** @param objective of the studies: it has a goal where pipeline.yaml gave none */
function metricInfo(
  metrics: readonly MetricRow[],
  objective: { readonly name: string; readonly goal: Goal } | undefined,
): Record<string, MetricInfo> {
  const info: Record<string, MetricInfo> = {};
  for (const { name, stage, goal, holdout } of metrics)
    info[name] = {
      stage,
      goal: info[name]?.goal ?? goal ?? (name === objective?.name ? objective.goal : null),
      holdout: holdout || (info[name]?.holdout ?? false),
    };
  return info;
}

function seriesInfo(rows: readonly RunRows[]): Record<string, SeriesInfo> {
  const info: Record<string, SeriesInfo> = {};
  for (const { stage, series } of rows.flatMap((r) => r.stages))
    for (const [name, { desc, goal, reference }] of Object.entries(series))
      info[`${stage}.${name}`] ??= {
        stage,
        ...(desc === undefined ? {} : { desc }),
        ...(goal === undefined ? {} : { goal }),
        ...(reference === undefined ? {} : { reference }),
      };
  return info;
}
