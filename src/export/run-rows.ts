/** Runs as rows for programs: CSV, and JSON a line. Names are in full and numbers as exact as they are. */
import { type Cell, cellOf, csv } from '../logging/delimited.ts';
import { metricsJson } from '../logging/json.ts';
import { flatten } from '../pipeline/param-tree.ts';
import type { ExportedRun } from './exported-runs.ts';

/** Columns before params and metrics, in this order; docs/commands.md tells them. */
const facts: Readonly<Record<string, (exported: ExportedRun) => Cell>> = {
  config_hash: ({ run }) => run.configHash,
  attempt: ({ run }) => run.attempt,
  status: ({ run }) => run.status,
  study: ({ study }) => study,
  trial: ({ trial }) => trial,
  replicate: ({ replicate }) => replicate,
  started_at: ({ run }) => new Date(run.startedAt).toISOString(),
  duration_ms: ({ run }) => run.durationMs,
  tags: ({ run }) => run.tags.join(', '),
  note: ({ run }) => run.note,
};

/** `params.` and `metrics.` stand before the names, as both may have one; each kind in the order of its names. */
export function runsCsv(runs: readonly ExportedRun[]): string {
  const cells = runs.map((exported) => ({
    exported,
    params: flatten(exported.run.params),
    metrics: metricsOf(exported),
  }));
  const params = namesOf(cells.map((row) => row.params));
  const metrics = namesOf(cells.map((row) => row.metrics));
  const titles = [
    ...Object.keys(facts),
    ...params.map((name) => `params.${name}`),
    ...metrics.map((name) => `metrics.${name}`),
  ];
  const rows = cells.map((row) => [
    ...Object.values(facts).map((fact) => fact(row.exported)),
    ...params.map((name) => cellOf(row.params[name])),
    ...metrics.map((name) => row.metrics[name] ?? null),
  ]);
  return csv(titles, rows);
}

/** One JSON object a line, in the words of `runs --json`; params are flat, with lists as lists. */
export function runsJsonl(runs: readonly ExportedRun[]): string {
  const lines = runs.map((exported) => {
    const { configHash, attempt, status, startedAt, finishedAt, durationMs, tags, note, pinned, params } = exported.run;
    const { study, trial, replicate } = exported;
    const times = { startedAt: iso(startedAt), finishedAt: iso(finishedAt), durationMs };
    return JSON.stringify({
      ...{ configHash, attempt, status, study, trial, replicate, ...times, tags, note, pinned },
      ...{ params: flatten(params), metrics: metricsOf(exported) },
    });
  });
  return lines.map((line) => `${line}\n`).join('');
}

const iso = (time: number | null) => (time === null ? null : new Date(time).toISOString());
const metricsOf = ({ metrics }: ExportedRun) => metricsJson(metrics);

function namesOf(rows: readonly Readonly<Record<string, unknown>>[]): string[] {
  return [...new Set(rows.flatMap((row) => Object.keys(row)))].sort();
}
