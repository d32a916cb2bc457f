/** The record → a comparison: plain data, with curves and logs read from the store. */
import { UserError } from '../errors.ts';
import type { FingerprintHash } from '../hash.ts';
import { short } from '../hash.ts';
import { formatFailure } from '../logging/format.ts';
import { logEnd } from '../logging/log-end.ts';
import type { Goal, JsonValue } from '../pipeline/types.ts';
import { byAttempt } from '../record/by-attempt.ts';
import type { Index } from '../record/open-index.ts';
import type { MetricRow, OutputRow, RunRow, StageRow, StudyRow } from '../record/rows.ts';
import { readJson } from '../store/files.ts';
import type { Layout } from '../store/layout.ts';
import { comparableGroups, groupOf } from './comparable-groups.ts';
import { comparedFinals } from './compared-finals.ts';
import { comparedTrials } from './compared-trials.ts';
import type { ComparedRun, ComparedSeries, ComparedStage, Comparison, MetricInfo, SeriesInfo } from './comparison.ts';
import { filterRow } from './filter-row.ts';
import { listedRun } from './listed-run.ts';
import { filterOf, metricNamed } from './named.ts';
import { namesIn } from './names-in.ts';
import { readAllSeries } from './read-all-series.ts';
import type { readSeries } from './read-series.ts';
import { type UncodedRun, withOlderCode } from './stage-code.ts';
import { comparedStudy, objectiveOf, rankingMetric, splitParam, studyOf } from './study-of.ts';
import { withoutUnused } from './unused-params.ts';

const logLines = 40;

/** What is known of one run, as rows. */
interface Rows {
  readonly run: RunRow;
  readonly stages: readonly StageRow[];
  readonly outputs: readonly OutputRow[];
  readonly metrics: readonly MetricRow[];
}

export interface ComparisonOptions {
  /** To rank by, in full or its last part where that is one metric's alone. */
  readonly metric?: string | undefined;
  /** A filter of the runs; trials stay of which all do. */
  readonly where?: string | undefined;
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
  { metric, where, read }: ComparisonOptions = {},
): Promise<Comparison> {
  const { study, runs } = await selectedRuns(index, selection);
  const all = await rowsOf(index, runs);
  const rows = where === undefined ? all : await filtered(index, all, where);
  const kept = new Set(rows);
  const out = new Set(all.filter((row) => !kept.has(row)).map(({ run }) => run.configHash));
  const metrics = rows.flatMap((r) => r.metrics);
  const objective = await objectiveOf(index, selection);
  const info = metricInfo(metrics, objective);
  const groups = comparableGroups(metrics);
  const rankBy = metric === undefined ? rankingMetric(objective?.name, metrics) : chosenMetric(info, metric);
  const splitBy = splitParam(study);
  const compared = comparedStudy(study);
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
    ...(await comparedTrials(index, layout, compared.study, rows, rankBy, out)),
    ...(await comparedFinals(index, compared.study, out)),
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

/** What a selection names, and the study where it is one in whole. */
export async function selectedRuns(
  index: Index,
  selection: readonly string[],
): Promise<{ readonly study: StudyRow | undefined; readonly runs: readonly RunRow[] }> {
  const study = await studyOf(index, selection);
  if (study !== undefined) return { study, runs: await index.runs(study.name) };
  return { study, runs: selection.length === 0 ? await index.runs() : await index.select(selection) };
}

async function filtered(index: Index, rows: readonly Rows[], where: string): Promise<Rows[]> {
  if (rows.length === 0) return [];
  const runs = rows.map((row) => listedRun(row.run, row.metrics));
  const filter = filterOf(where, { params: namesIn(runs, 'params'), metrics: await index.metricNames() });
  return rows.filter((_, at) => runs[at] !== undefined && filter.test(filterRow(runs[at])));
}

function titleOf(runs: readonly RunRow[], study: string | undefined, where: string | undefined): string {
  const suchThat = where === undefined ? '' : ` where ${where}`;
  if (study !== undefined) return `Study ${study}${suchThat}`;
  const [only] = runs;
  return runs.length === 1 && only !== undefined
    ? `Run ${short(only.configHash)}@${only.attempt}`
    : `${runs.length} runs${suchThat}`;
}

async function rowsOf(index: Index, runs: readonly RunRow[]): Promise<Rows[]> {
  const ids = runs.map((run) => run.attemptId);
  const stagesOf = byAttempt(await index.stages(ids));
  const outputsOf = byAttempt(await index.outputs(ids));
  const metricsOf = byAttempt(await index.metrics(ids));
  return runs.map((run) => ({
    ...{ run, stages: neededStages(stagesOf(run.attemptId), run.targets) },
    ...{ outputs: outputsOf(run.attemptId), metrics: metricsOf(run.attemptId) },
  }));
}

/** The stages a run was about: its targets and all they need. Without targets, all. */
export function neededStages(stages: readonly StageRow[], targets: readonly string[]): StageRow[] {
  const needed = new Set(targets.length === 0 ? stages.map((s) => s.stage) : targets);
  const byName = new Map(stages.map((stage) => [stage.stage, stage]));
  for (const name of needed) for (const dep of byName.get(name)?.deps ?? []) needed.add(dep);
  return stages.filter((stage) => needed.has(stage.stage));
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

function seriesInfo(rows: readonly Rows[]): Record<string, SeriesInfo> {
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

async function comparedRuns(
  index: Index,
  layout: Layout,
  rows: readonly Rows[],
  read: typeof readSeries | undefined,
): Promise<ComparedRun[]> {
  const latest = new Map((await index.runs()).map((run) => [run.configHash, run.attempt]));
  const files = rows.flatMap(({ run, stages }) => stages.map((stage) => seriesFile(layout, run, stage)));
  const seriesOf = await readAllSeries(files, undefined, read);
  const compared: UncodedRun[] = [];
  for (const row of rows) compared.push(await comparedRun(layout, row, latest.get(row.run.configHash), seriesOf));
  return await withOlderCode(layout, compared);
}

async function comparedRun(
  layout: Layout,
  { run, stages, outputs, metrics }: Rows,
  latestAttempt: number | undefined,
  seriesOf: (file: string) => Readonly<Record<string, ComparedSeries>>,
): Promise<UncodedRun> {
  const series: Record<string, ComparedSeries> = {};
  for (const stage of stages)
    for (const [name, points] of Object.entries(seriesOf(seriesFile(layout, run, stage))))
      series[`${stage.stage}.${name}`] = points;
  const named = run.attempt === latestAttempt ? short(run.configHash) : `${short(run.configHash)}@${run.attempt}`;
  return {
    ...listedRun(run, metrics),
    series,
    stages: stages.map((stage) => comparedStage(layout, run, stage, outputs)),
    environment: await environmentOf(layout, run),
    reproduce: [`npx retrial reproduce ${named}`],
  };
}

/** Published with the result; of a stage without one, what the attempt kept. */
export function seriesFile(layout: Layout, run: RunRow, { stage, outcome, fingerprint }: StageRow): string {
  const isPublished = outcome === 'fresh' || outcome === 'cached' || outcome === 'ran';
  if (isPublished && fingerprint !== null) return layout.stage(fingerprint as FingerprintHash).series;
  return layout.run(run.configHash).attempt(run.attempt).series(stage);
}

function comparedStage(layout: Layout, run: RunRow, row: StageRow, outputs: readonly OutputRow[]): ComparedStage {
  const { deps, outcome, fingerprint, nondeterministic, startedAt, durationMs, executionMs, failure } = row;
  const log = layout.run(run.configHash).attempt(run.attempt).log(row.stage);
  const ofStage = outputs.filter((output) => output.stage === row.stage);
  return {
    ...{
      name: row.stage,
      desc: row.description,
      deps,
      outcome,
      fingerprint,
      nondeterministic,
      startedMs: startedAt === null ? null : startedAt - run.startedAt,
      durationMs,
      executionMs,
    },
    outputs: ofStage.map(({ name, path, hash, size }) => ({ name, path, hash, size })),
    failure: failure === null ? null : formatFailure(failure),
    logTail: outcome === 'failed' ? (logEnd(log, logLines)?.join('\n') ?? null) : null,
  };
}

/** What the attempt ran on; empty where it was killed before it wrote that. */
export async function environmentOf(layout: Layout, run: RunRow): Promise<Record<string, JsonValue>> {
  return (await readJson<Record<string, JsonValue>>(layout.run(run.configHash).attempt(run.attempt).environment)) ?? {};
}
