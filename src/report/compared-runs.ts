/** One run after the other from its rows and the files of its results. */
import { type FingerprintHash, short } from '../hash.ts';
import { formatFailure } from '../logging/format.ts';
import { logEnd } from '../logging/log-end.ts';
import type { JsonValue } from '../pipeline/types.ts';
import type { Index } from '../record/open-index.ts';
import type { OutputRow, RunRow, StageRow } from '../record/rows.ts';
import { readJson } from '../store/files.ts';
import type { Layout } from '../store/layout.ts';
import type { ComparedRun, ComparedSeries, ComparedStage } from './comparison.ts';
import { listedRun } from './listed-run.ts';
import { logLines } from './preview-limits.ts';
import { readAllSeries } from './read-all-series.ts';
import type { readSeries } from './read-series.ts';
import type { RunRows } from './record-rows.ts';
import { type UncodedRun, withOlderCode } from './stage-code.ts';

/** Of each run what a page shows of it, with its curves, as many of their points as there is room for. */
export async function comparedRuns(
  index: Index,
  layout: Layout,
  rows: readonly RunRows[],
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
  { run, stages, outputs, metrics }: RunRows,
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
