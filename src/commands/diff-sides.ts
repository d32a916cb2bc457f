/** What `diff` sets side by side: a run on record, or the pipeline as it is today. */

import type { MetricsRecord } from '../events.ts';
import { describeMachine } from '../execute/environment.ts';
import { gitState } from '../execute/git-state.ts';
import { predict, type StagePrediction } from '../execute/predict.ts';
import { stageFinished } from '../execute/results.ts';
import { type FingerprintHash, sha256, short } from '../hash.ts';
import { goalAmong } from '../pipeline/metric-goals.ts';
import type { JsonValue, Pipeline } from '../pipeline/types.ts';
import type { Index } from '../record/open-index.ts';
import { environmentOf } from '../report/compared-runs.ts';
import type { DiffMetric, DiffSide, DiffStage, UnitsOutput } from '../report/run-diff.ts';
import { recordedLock } from '../store/collected.ts';
import type { Layout } from '../store/layout.ts';
import type { StageLock } from '../store/published.ts';

export async function recordedSide(index: Index, layout: Layout, selector: string): Promise<DiffSide> {
  const run = await index.run(selector);
  const stages: Record<string, DiffStage> = {};
  for (const { stage, fingerprint } of await index.stages([run.attemptId]))
    stages[stage] = fingerprint === null ? {} : stageOf(await recordedLock(layout, fingerprint as FingerprintHash));
  const metrics = (await index.metrics([run.attemptId])).map(({ name, value, text, goal, comparable }) => {
    return [name, { value: value ?? text ?? 'NaN', goal, comparable }] as const;
  });
  return {
    name: `${short(run.configHash)}@${run.attempt}`,
    ...{ params: run.params, stages, metrics: Object.fromEntries(metrics) },
    environment: await environmentOf(layout, run),
  };
}

/** What a run of today would begin with: its keys as far as they are known, and the results that stand. */
export async function todaysSide(pipeline: Pipeline, layout: Layout): Promise<DiffSide> {
  const { stages } = await predict(pipeline, layout);
  return {
    ...{ name: 'today', params: pipeline.params },
    stages: Object.fromEntries(
      stages.map(({ name, key, lock }) => [name, { ...stageOf(lock), ...(key === undefined ? {} : { key }) }]),
    ),
    metrics: Object.fromEntries(stages.flatMap((stage) => metricsOf(pipeline, stage))),
    environment: await todaysEnvironment(pipeline.root),
  };
}

function stageOf(lock: StageLock | undefined): DiffStage {
  if (lock === undefined) return {};
  const outputs = Object.entries(lock.outputs).map(([name, { hash }]) => [name, hash]);
  return { key: lock.key, outputs: Object.fromEntries(outputs), units: unitsOf(lock) };
}

/** Metrics files with `units` have an output of that name beside them. */
function unitsOf({ fingerprint, metrics, outputs }: StageLock): Record<string, UnitsOutput> {
  const units = Object.entries(metrics).flatMap(([file, values]): [string, UnitsOutput][] => {
    const output = outputs[`${file}.units`];
    if (output === undefined) return [];
    return [[file, { fingerprint, path: output.path, hash: output.hash, metrics: Object.keys(values) }]];
  });
  return Object.fromEntries(units);
}

function metricsOf(pipeline: Pipeline, { name, lock }: StagePrediction): [string, DiffMetric][] {
  if (lock === undefined) return [];
  const { metrics = {}, series = {} } = stageFinished(pipeline, { name, lock, outcome: 'cached', durationMs: 0 });
  const plain = Object.entries(series).map(([metric, { value }]): [string, DiffMetric] => [
    `${name}.${metric}`,
    { value, goal: null, comparable: {} },
  ]);
  return [...plain, ...Object.values(metrics).flatMap((record) => valuesOf(name, record))];
}

function valuesOf(stage: string, { values, goal, comparable }: MetricsRecord): [string, DiffMetric][] {
  return Object.entries(values).map(([metric, value]) => [
    `${stage}.${metric}`,
    { value, goal: goalAmong(goal, metric), comparable },
  ]);
}

/** As an attempt records it, without keeping what is not committed. */
async function todaysEnvironment(root: string): Promise<Record<string, JsonValue>> {
  const git = await gitState(root);
  if (git === null) return { ...describeMachine(root), git };
  const { diff, ...state } = git;
  const hash = typeof diff === 'object' ? sha256(diff) : diff;
  return { ...describeMachine(root), git: { ...state, ...(hash === undefined ? {} : { diff: hash }) } };
}
