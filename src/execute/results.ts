/** What is said of a stage's result: as an event, and as metrics by their full names. */
import type { Failure } from '../errors.ts';
import type { MetricsRecord, OutputRecord, StageFinished } from '../events.ts';
import type { JsonValue, MetricsSpec, Pipeline, Series, Stage } from '../pipeline/types.ts';
import { seesHoldout } from '../plan/graph.ts';
import type { SeriesRecord } from '../result-records.ts';
import type { SeriesSummary, StageLock } from '../store/published.ts';
import type { StageResult } from './execute-stage.ts';

/** Of a stage that was not begun. */
export function notRun(stage: Stage, failure: Failure): StageResult {
  return { name: stage.name, outcome: 'cancelled', durationMs: 0, failure };
}

export function stageFinished(pipeline: Pipeline, result: StageResult): Omit<StageFinished, 'id' | 'at' | 'type'> {
  const stage = stageOf(pipeline, result.name);
  const { lock, failure, fingerprint, differing } = result;
  return {
    stage: result.name,
    outcome: result.outcome,
    durationMs: result.durationMs,
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(failure === undefined ? {} : { failure }),
    ...(differing === undefined ? {} : { differing }),
    ...(lock === undefined
      ? {}
      : {
          executionMs: lock.execution.durationMs,
          outputs: outputRecords(lock),
          metrics: metricsRecords(pipeline, stage, lock),
          series: seriesRecords(pipeline, stage, lock),
        }),
  };
}

/** `<stage>.<metric>` → value. A metrics file wins over a series of the same name. */
export function metricValues(pipeline: Pipeline, results: readonly StageResult[]): Record<string, number> {
  const all: Record<string, number> = {};
  for (const { name, lock } of results) {
    if (lock === undefined) continue;
    const stage = stageOf(pipeline, name);
    for (const [series, summary] of Object.entries(lock.series))
      all[`${name}.${series}`] = Number(standsFor(summary, stage.series[series]).value);
    for (const values of Object.values(lock.metrics))
      for (const [metric, value] of Object.entries(values)) all[`${name}.${metric}`] = Number(value);
  }
  return all;
}

function outputRecords(lock: StageLock): Record<string, OutputRecord> {
  return Object.fromEntries(
    Object.entries(lock.outputs).map(([name, { path, kind, hash, size }]) => [name, { path, kind, hash, size }]),
  );
}

function metricsRecords(pipeline: Pipeline, stage: Stage, lock: StageLock): Record<string, MetricsRecord> {
  const records = Object.entries(lock.metrics).map(([name, values]) => {
    const spec = stage.outs[name]?.metrics;
    const record: MetricsRecord = {
      values,
      goal: spec?.goal ?? {},
      comparable: comparableOf(spec, lock),
      holdout: seesHoldout(pipeline, stage.name),
    };
    return [name, record] as const;
  });
  return Object.fromEntries(records);
}

/** What the values of a metrics file may be ranked by together. */
export function comparableOf(spec: MetricsSpec | undefined, lock: Pick<StageLock, 'key'>): MetricsRecord['comparable'] {
  return Object.fromEntries((spec?.comparableBy ?? []).map((part) => [part, comparablePart(part, lock)]));
}

/** `params.evaluate` → its value; anything else names a dependency → its content. Both are in the key. */
function comparablePart(part: string, lock: Pick<StageLock, 'key'>): JsonValue {
  const keys = part.startsWith('params.') ? part.split('.') : ['deps', part];
  return keys.reduce<JsonValue>((at, key) => (at as Readonly<Record<string, JsonValue>>)[key] ?? null, lock.key);
}

function seriesRecords(pipeline: Pipeline, stage: Stage, lock: StageLock): Record<string, SeriesRecord> {
  const records = Object.entries(lock.series).map(([name, summary]) => {
    const declared = stage.series[name];
    const record: SeriesRecord = {
      ...standsFor(summary, declared),
      ...(declared?.goal === undefined ? {} : { goal: declared.goal }),
      holdout: seesHoldout(pipeline, stage.name),
    };
    return [name, record] as const;
  });
  return Object.fromEntries(records);
}

function standsFor(summary: SeriesSummary, series: Series | undefined): SeriesSummary['last'] {
  if (series?.summary !== 'best') return summary.last;
  return (series.goal === 'minimize' ? summary.min : summary.max) ?? summary.last;
}

export function stageOf(pipeline: Pipeline, name: string): Stage {
  const stage = pipeline.stages.get(name);
  if (stage === undefined) throw new Error(`no stage ${name}`);
  return stage;
}
