/** `retrial runs`: the runs on record, the attempt that speaks for each. */
import { exitCode } from '../errors.ts';
import { metricsJson, printJson } from '../logging/json.ts';
import { printLines, stdoutStyle } from '../logging/stdout.ts';
import type { Index } from '../record/open-index.ts';
import type { MetricRow, RunRow } from '../record/rows.ts';
import { findRuns, type Wanted, withMetrics } from '../report/find-runs.ts';
import { hashColumns, runCells } from '../report/run-columns.ts';
import { runTable } from '../report/run-table.ts';
import { objectiveOf, rankingMetric } from '../report/study-of.ts';
import { type CellOptions, printCells } from './print-cells.ts';
import { type ReadingOptions, reading } from './reading.ts';

export interface RunsOptions extends ReadingOptions, Wanted, CellOptions {
  readonly limit?: number;
  /** Names with commas between. */
  readonly columns?: string;
}

const defaultLimit = 50;

export async function runs(options: RunsOptions): Promise<number> {
  const whole = options.json === true || isPlain(options);
  const limit = options.limit ?? (whole ? Number.POSITIVE_INFINITY : defaultLimit);
  const found = await reading(options, async (index) => await recorded(index, options, limit));
  const { sections, metrics, rows } = found;
  const ordered = sections.flatMap((section) => section.runs);
  if (isPlain(options)) {
    const { titles, rows: cells } = runCells(ordered, columnsOf(options.columns), found.names);
    printCells(titles, cells, options, hashColumns);
  } else if (options.json) {
    printJson(ordered.flatMap((run, at) => (rows[at] ? [runJson(rows[at], metrics.get(run) ?? [])] : [])));
  } else if (found.count === 0) process.stderr.write(nothingText(options));
  else printTable(found, limit);
  return exitCode.ok;
}

const isPlain = ({ columns, csv, md }: RunsOptions) => columns !== undefined || csv === true || md === true;

/** All there are for `all`. */
export function columnsOf(typed: string | undefined): string[] | undefined {
  const named = typed?.split(',').map((name) => name.trim());
  return named?.join() === 'all' ? undefined : named;
}

type Recorded = Awaited<ReturnType<typeof recorded>>;

async function recorded(index: Index, options: RunsOptions, limit: number) {
  const found = await findRuns(index, options, limit);
  const ordered = found.sections.flatMap((section) => section.runs);
  const { study } = options;
  const objective = study === undefined ? undefined : (await objectiveOf(index, [study]))?.name;
  const rows = ordered.map((run) => found.rows.get(run));
  const names = isPlain(options)
    ? { params: await index.paramNames(), metrics: await index.metricNames() }
    : { params: [], metrics: [] };
  return { ...found, ...(await withMetrics(index, found)), rows, objective, names };
}

function printTable({ sections, metrics, objective, sortedBy, count }: Recorded, limit: number): void {
  const all = [...metrics.values()].flat();
  const sorted = (kind: 'param' | 'metric') => sortedBy.flatMap((key) => (key.kind === kind ? key.name : []));
  const shown = shownMetrics(all, objective, sorted('metric'));
  printLines(runTable({ ...stdoutStyle(), sections, metrics: shown, params: sorted('param'), times: true }));
  sayHidden(all, shown);
  if (count > limit) process.stderr.write(`${limit} of ${count} runs; --limit says how many\n`);
}

function nothingText({ where, study, tag }: RunsOptions): string {
  const asked = [
    ...(study === undefined ? [] : [`--study ${study}`]),
    ...(tag ?? []).map((one) => `--tag ${one}`),
    ...(where === undefined ? [] : [`--where ${where}`]),
  ];
  if (asked.length > 0) return `no run matches ${asked.join(' ')}\n`;
  return 'there is no run yet: start one with `retrial run`\n';
}

/** Whole milliseconds: what is behind them is noise. */
export const wholeMs = (ms: number | null) => (ms === null ? null : Math.round(ms));

/** One run as `runs --json` prints it. */
export function runJson(run: RunRow, metrics: readonly MetricRow[]) {
  const { configHash, attempt, status, durationMs, params, tags, note, pinned, nondeterministic, study, trial } = run;
  return {
    ...{ configHash, attempt, status, startedAt: new Date(run.startedAt).toISOString() },
    durationMs: wholeMs(durationMs),
    ...{ params, metrics: metricsJson(metrics), tags, note, pinned, nondeterministic, study, trial },
  };
}

const mostMetrics = 4;

/** Few: those sorted by, what the study or most runs are about, and others with a goal, held-out ones last. */
function shownMetrics(metrics: readonly MetricRow[], objective: string | undefined, sortedBy: readonly string[]) {
  const withGoal = metrics.filter(({ goal }) => goal !== null);
  const goals = [...withGoal.filter(({ holdout }) => !holdout), ...withGoal].map(({ name }) => name);
  return [...new Set([...sortedBy, rankingMetric(objective, metrics) ?? [], ...goals].flat())].slice(0, mostMetrics);
}

function sayHidden(metrics: readonly MetricRow[], shown: readonly string[]): void {
  const names = new Set(metrics.map(({ name }) => name));
  const hidden = [...names].filter((name) => !shown.includes(name)).length;
  const said =
    hidden === 1
      ? '1 more metric: --columns all, or its name'
      : `${hidden} more metrics: --columns all, or their names`;
  if (hidden > 0) process.stderr.write(`${said}, or retrial show HASH\n`);
}
