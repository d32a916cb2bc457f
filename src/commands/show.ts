/** `retrial show HASH`: one run, with all that is known of it. */
import { relative } from 'node:path';
import { exitCode } from '../errors.ts';
import type { FingerprintHash } from '../hash.ts';
import { printJson } from '../logging/json.ts';
import { printLines, stdoutStyle } from '../logging/stdout.ts';
import { isMap } from '../pipeline/param-tree.ts';
import type { Index } from '../record/open-index.ts';
import type { OutputRow, RunRow, StageRow } from '../record/rows.ts';
import { environmentOf } from '../report/compared-runs.ts';
import type { ComparedRun } from '../report/comparison.ts';
import { comparisonOf } from '../report/from-record.ts';
import { runText } from '../report/run-text.ts';
import { jobsOfStages } from '../slurm/jobs-of-stages.ts';
import { recordedLock } from '../store/collected.ts';
import type { Layout } from '../store/layout.ts';
import { type ReadingOptions, reading } from './reading.ts';
import { runJson, wholeMs } from './runs.ts';

/** @param selector a hash, its first digits, either with `@2` for an attempt, or `latest` */
export async function show(selector: string, options: ReadingOptions): Promise<number> {
  await reading(options, async (index, layout) => {
    const run = await index.run(selector);
    const newer = (await index.attempts(run.configHash)).filter(({ attempt }) => attempt > run.attempt).reverse();
    if (options.json) return printJson({ ...(await showJson(index, layout, run)), newer: newer.map(newerJson) });
    const { runs, groups, series } = await comparisonOf(index, layout, [`${run.configHash}@${run.attempt}`]);
    const [compared] = runs;
    if (compared === undefined) throw new Error(`no comparison of ${run.configHash}`);
    const log = (stage: string) => relative('', layout.run(run.configHash).attempt(run.attempt).log(stage));
    printLines(
      runText(run, await withoutIdleTensorflow(layout, compared), {
        ...{ ...stdoutStyle(), groups, series, log, newer, jobs: await jobsIn(layout, run, compared) },
      }),
    );
  });
  return exitCode.ok;
}

/** Every attempt records which TensorFlow is installed; it matters where a stage computes with it. */
async function withoutIdleTensorflow(layout: Layout, run: ComparedRun): Promise<ComparedRun> {
  const hashes = run.stages.flatMap(({ fingerprint }) => fingerprint ?? []);
  const locks = await Promise.all(hashes.map((hash) => recordedLock(layout, hash as FingerprintHash)));
  if (locks.some((lock) => isMap(lock?.key.runtime) && 'tensorflow' in lock.key.runtime)) return run;
  const { tensorflow: _idle, ...environment } = run.environment;
  return { ...run, environment };
}

/** What the queue was told of a stage, and on which host it ran where it has its result by it. */
async function jobsIn(layout: Layout, run: RunRow, { stages }: ComparedRun): Promise<ReadonlyMap<string, string>> {
  const jobs = new Map(await jobsOfStages(layout, run));
  for (const { name, outcome, fingerprint } of stages) {
    const lock =
      outcome === 'ran' && fingerprint !== null
        ? await recordedLock(layout, fingerprint as FingerprintHash)
        : undefined;
    const by = lock?.execution.by;
    if (by?.slurm !== undefined) jobs.set(name, `${by.slurm.job} on ${by.host}`);
  }
  return jobs;
}

async function showJson(index: Index, layout: Layout, run: RunRow) {
  const ids = [run.attemptId];
  const outputs = await index.outputs(ids);
  return {
    ...runJson(run, await index.metrics(ids)),
    stages: (await index.stages(ids)).map((stage) => stageJson(stage, outputs)),
    environment: await environmentOf(layout, run),
    reproduced: run.reproduced,
  };
}

/** An attempt that was begun later than the one shown. */
function newerJson({ attempt, status, targets }: RunRow) {
  return { attempt, status, targets };
}

function stageJson(
  {
    stage,
    deps,
    outcome,
    fingerprint,
    durationMs,
    executionMs,
    retries,
    failure,
    differing,
    nondeterministic,
  }: StageRow,
  outputs: readonly OutputRow[],
) {
  const own = outputs.filter((output) => output.stage === stage);
  return {
    ...{ name: stage, deps, outcome, fingerprint, retries },
    ...{ durationMs: wholeMs(durationMs), executionMs: wholeMs(executionMs) },
    ...(failure === null ? {} : { reason: failure }),
    ...(differing === null ? {} : { differing }),
    ...(nondeterministic.length === 0 ? {} : { nondeterministic }),
    outputs: Object.fromEntries(own.map(({ name, path, kind, hash, size }) => [name, { path, kind, hash, size }])),
  };
}
