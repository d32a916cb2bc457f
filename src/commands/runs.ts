/** `retrial runs`: the runs on record, the latest attempt of each config. */
import { exitCode } from '../errors.ts';
import { type Cell, csv, markdown } from '../logging/delimited.ts';
import { oneLine } from '../logging/format.ts';
import { metricsJson, printJson } from '../logging/json.ts';
import { printLines, stdoutStyle } from '../logging/stdout.ts';
import { table } from '../logging/table.ts';
import type { Index } from '../record/open-index.ts';
import type { MetricRow, RunRow } from '../record/rows.ts';
import { unknownStudy } from '../record/select-runs.ts';
import { type ListedRun, listedRun } from '../report/listed-run.ts';
import { runCells } from '../report/run-columns.ts';
import { runTable } from '../report/run-table.ts';
import { sortedSections } from '../report/sorted-runs.ts';
import { objectiveOf, rankingMetric } from '../report/study-of.ts';
import { type ReadingOptions, reading } from './reading.ts';

export interface RunsOptions extends ReadingOptions {
  readonly study?: string;
  /** All of them. */
  readonly tag?: readonly string[];
  /** A metric (best first), a param or `started`; with `-` in front the other way round. */
  readonly sort?: string;
  readonly limit?: number;
  /** An SQL expression that keeps those it is true for. */
  readonly where?: string;
  /** Names with commas between. */
  readonly columns?: string;
  readonly csv?: boolean;
  readonly md?: boolean;
}

const defaultLimit = 50;

export async function runs(options: RunsOptions): Promise<number> {
  const { rows, metrics, objective } = await reading(options, async (index) => await recorded(index, options));
  const metricsOf = (run: RunRow) => metrics.get(run.attemptId) ?? [];
  const listed = new Map(rows.map((run) => [listedRun(run, metricsOf(run)), run]));
  const allMetrics = [...metrics.values()].flat();
  const sections = sortedSections([...listed.keys()], allMetrics, options.sort);
  const whole = options.json === true || isPlain(options);
  const limit = options.limit ?? (whole ? rows.length : defaultLimit);
  const ordered = sections.flatMap((section) => section.runs).slice(0, limit);
  if (isPlain(options)) printCells(ordered, options);
  else if (options.json) {
    printJson(ordered.flatMap((run) => listed.get(run) ?? []).map((run) => runJson(run, metricsOf(run))));
  } else if (rows.length === 0) process.stderr.write(nothingText(options));
  else
    printLines(
      runTable({
        ...stdoutStyle(),
        sections: limited(sections, limit),
        metrics: shown(allMetrics, objective, options.sort),
        times: true,
      }),
    );
  if (!whole) sayHidden(allMetrics, shown(allMetrics, objective, options.sort));
  if (rows.length > limit && !whole) process.stderr.write(`${limit} of ${rows.length} runs; --limit says how many\n`);
  return exitCode.ok;
}

const isPlain = ({ columns, csv: asCsv, md }: RunsOptions) => columns !== undefined || asCsv === true || md === true;

function printCells(runs: readonly ListedRun[], options: RunsOptions): void {
  const named = options.columns?.split(',').map((name) => name.trim());
  const { titles, rows } = runCells(runs, named?.join() === 'all' ? undefined : named);
  if (options.md === true) process.stdout.write(markdown(titles, rows));
  else if (options.csv === true) process.stdout.write(csv(titles, rows));
  else if (options.json === true)
    printJson(rows.map((row) => Object.fromEntries(titles.map((title, at) => [title, row[at] ?? null]))));
  else {
    const { chalk, ...style } = stdoutStyle();
    const cells = rows.map((row) => row.map((cell, at) => cellText(cell, titles[at])));
    printLines(
      table(
        titles.map((title) => ({ title: oneLine(title) })),
        cells,
        { ...style, heading: chalk.bold },
      ).lines,
    );
  }
}

/** For people a hash is as long as in the other tables; --csv, --md and --json have all of it. */
function cellText(cell: Cell, title: string | undefined): string {
  if (cell === null) return '';
  return oneLine(title === 'run' ? String(cell).slice(0, 12) : String(cell));
}

function nothingText({ where, study, tag }: RunsOptions): string {
  if (where !== undefined || study !== undefined || tag !== undefined) return 'no run is so\n';
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

async function recorded(index: Index, { study, where, tag = [] }: RunsOptions) {
  const studies = (await index.studies()).map(({ name }) => name);
  if (study !== undefined && !studies.includes(study)) throw unknownStudy(study, studies);
  const kept = where === undefined ? undefined : await index.attemptsWhere(where);
  const rows = (await index.runs(study)).filter(
    ({ attemptId, tags }) => (kept?.has(attemptId) ?? true) && tag.every((one) => tags.includes(one)),
  );
  const metrics = new Map<number, MetricRow[]>(rows.map((run) => [run.attemptId, []]));
  for (const metric of await index.metrics([...metrics.keys()])) metrics.get(metric.attemptId)?.push(metric);
  const objective = study === undefined ? undefined : (await objectiveOf(index, [study]))?.name;
  return { rows, metrics, objective };
}

const mostMetrics = 4;

/** Few: the one sorted by, what the study or most runs are about, and others with a goal, held-out ones last. */
function shown(metrics: readonly MetricRow[], objective: string | undefined, sort: string | undefined): string[] {
  const all = [...new Set(metrics.map(({ name }) => name))];
  const typed = sort?.replace(/^-/, '');
  const sorted = typed === undefined ? [] : all.filter((name) => name === typed || name.endsWith(`.${typed}`));
  const withGoal = metrics.filter(({ goal }) => goal !== null);
  const goals = [...withGoal.filter(({ holdout }) => !holdout), ...withGoal].map(({ name }) => name);
  return [...new Set([...sorted, rankingMetric(objective, metrics) ?? [], ...goals].flat())].slice(0, mostMetrics);
}

function sayHidden(metrics: readonly MetricRow[], shownNames: readonly string[]): void {
  const hidden = new Set(metrics.map(({ name }) => name)).size - shownNames.length;
  const said =
    hidden === 1
      ? '1 more metric: --columns all, or its name'
      : `${hidden} more metrics: --columns all, or their names`;
  if (hidden > 0) process.stderr.write(`${said}, or retrial show HASH\n`);
}

function limited<Section extends { readonly runs: readonly unknown[] }>(sections: readonly Section[], limit: number) {
  let left = limit;
  return sections.flatMap((section) => {
    const runs = section.runs.slice(0, left) as Section['runs'];
    left -= runs.length;
    return runs.length === 0 ? [] : [{ ...section, runs }];
  });
}
