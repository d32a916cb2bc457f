/** `retrial runs`: the runs on record, the latest attempt of each config. */
import { exitCode } from '../errors.ts';
import { metricsJson, printJson } from '../logging/json.ts';
import { printLines, stdoutStyle } from '../logging/stdout.ts';
import type { Index } from '../record/open-index.ts';
import type { MetricRow, RunRow } from '../record/rows.ts';
import { unknownStudy } from '../record/select-runs.ts';
import { listedRun } from '../report/listed-run.ts';
import { runTable } from '../report/run-table.ts';
import { sortedSections } from '../report/sorted-runs.ts';
import { type ReadingOptions, reading } from './reading.ts';

export interface RunsOptions extends ReadingOptions {
  readonly study?: string;
  /** A metric (best first), a param or `started`; with `-` in front the other way round. */
  readonly sort?: string;
  readonly limit?: number;
}

const defaultLimit = 50;

export async function runs(options: RunsOptions): Promise<number> {
  const { rows, metrics } = await reading(options, async (index) => await recorded(index, options.study));
  const metricsOf = (run: RunRow) => metrics.get(run.attemptId) ?? [];
  const listed = new Map(rows.map((run) => [listedRun(run, metricsOf(run)), run]));
  const sections = sortedSections([...listed.keys()], [...metrics.values()].flat(), options.sort);
  const limit = options.limit ?? (options.json ? rows.length : defaultLimit);
  if (options.json) {
    const ordered = sections.flatMap((section) => section.runs).slice(0, limit);
    printJson(ordered.flatMap((run) => listed.get(run) ?? []).map((run) => runJson(run, metricsOf(run))));
    return exitCode.ok;
  }
  if (rows.length === 0) process.stderr.write('there is no run yet: start one with `retrial run`\n');
  else
    printLines(
      runTable({
        ...stdoutStyle(),
        sections: limited(sections, limit),
        metrics: shown(metrics, options.sort),
        times: true,
      }),
    );
  if (rows.length > limit) process.stderr.write(`${limit} of ${rows.length} runs; --limit says how many\n`);
  return exitCode.ok;
}

/** Whole milliseconds: what is behind them is noise. */
export const wholeMs = (ms: number | null) => (ms === null ? null : Math.round(ms));

/** One run as `runs --json` prints it. */
export function runJson(run: RunRow, metrics: readonly MetricRow[]) {
  const { configHash, attempt, status, durationMs, params, tags, note, study, trial } = run;
  return {
    ...{ configHash, attempt, status, startedAt: new Date(run.startedAt).toISOString() },
    durationMs: wholeMs(durationMs),
    ...{ params, metrics: metricsJson(metrics), tags, note, study, trial },
  };
}

async function recorded(index: Index, study: string | undefined) {
  const studies = (await index.studies()).map(({ name }) => name);
  if (study !== undefined && !studies.includes(study)) throw unknownStudy(study, studies);
  const rows = await index.runs(study);
  const metrics = new Map<number, MetricRow[]>(rows.map((run) => [run.attemptId, []]));
  for (const metric of await index.metrics([...metrics.keys()])) metrics.get(metric.attemptId)?.push(metric);
  return { rows, metrics };
}

/** Those with a goal are what runs are compared by; the one sorted by comes first. */
function shown(metrics: ReadonlyMap<number, readonly MetricRow[]>, sort: string | undefined): string[] {
  const names = new Set([...metrics.values()].flat().flatMap(({ name, goal }) => (goal === null ? [] : [name])));
  const first = [...names].filter((name) => sort?.endsWith(name));
  return [...new Set([...first, ...names])];
}

function limited<Section extends { readonly runs: readonly unknown[] }>(sections: readonly Section[], limit: number) {
  let left = limit;
  return sections.flatMap((section) => {
    const runs = section.runs.slice(0, left) as Section['runs'];
    left -= runs.length;
    return runs.length === 0 ? [] : [{ ...section, runs }];
  });
}
