/** `retrial show HASH`: one run, with all that is known of it. */
import { relative } from 'node:path';
import { exitCode } from '../errors.ts';
import { printJson } from '../logging/json.ts';
import { printLines, stdoutStyle } from '../logging/stdout.ts';
import type { Index } from '../record/open-index.ts';
import type { OutputRow, RunRow, StageRow } from '../record/rows.ts';
import { comparisonOf, environmentOf } from '../report/from-record.ts';
import { runText } from '../report/run-text.ts';
import type { Layout } from '../store/layout.ts';
import { type ReadingOptions, reading } from './reading.ts';
import { runJson, wholeMs } from './runs.ts';

/** @param selector a hash, its first digits, either with `@2` for an attempt, or `latest` */
export async function show(selector: string, options: ReadingOptions): Promise<number> {
  await reading(options, async (index, layout) => {
    const run = await index.run(selector);
    const newer = (await index.attempts(run.configHash)).filter(({ attempt }) => attempt > run.attempt).reverse();
    if (options.json) return printJson({ ...(await showJson(index, layout, run)), newer: newer.map(newerJson) });
    const { runs, groups } = await comparisonOf(index, layout, [`${run.configHash}@${run.attempt}`]);
    const [compared] = runs;
    if (compared === undefined) throw new Error(`no comparison of ${run.configHash}`);
    const log = (stage: string) => relative('', layout.run(run.configHash).attempt(run.attempt).log(stage));
    printLines(runText(run, compared, { ...stdoutStyle(), groups, log, newer }));
  });
  return exitCode.ok;
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
