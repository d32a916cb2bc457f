/** Two runs beside each other, field by field: plain data from plain data. */
import { canonicalJson, type FingerprintHash } from '../hash.ts';
import type { Goal, JsonValue, ParamTree } from '../pipeline/types.ts';
import { type FieldChange, fingerprintChanges } from '../plan/fingerprint.ts';
import type { PairedComparison } from './paired-runs.ts';

/** One of the two: a recorded run, today's pipeline, or the pipeline of a revision. What is not known of it is absent. */
export interface DiffSide {
  readonly name: string;
  readonly params: ParamTree;
  /** By full name. */
  readonly metrics?: Readonly<Record<string, DiffMetric>>;
  /** In the order declared. */
  readonly stages: Readonly<Record<string, DiffStage>>;
  readonly environment?: Readonly<Record<string, JsonValue>>;
}

export interface DiffMetric {
  /** What is no finite number is the text `NaN`, `Infinity` or `-Infinity`. */
  readonly value: number | string;
  readonly goal: Goal | null;
  /** Values are better or worse than one another only where this is the same. */
  readonly comparable: Readonly<Record<string, JsonValue>>;
}

export interface DiffStage {
  /** Everything that can change its result; absent where that is not known, as what it depends on will run. */
  readonly key?: unknown;
  /** Output → content hash; absent without a result. */
  readonly outputs?: Readonly<Record<string, string>>;
  /** By metrics file, of those that keep units; absent without a result. */
  readonly units?: Readonly<Record<string, UnitsOutput>>;
}

/** Where the units of a metrics file were published. */
export interface UnitsOutput {
  readonly fingerprint: FingerprintHash;
  /** Below the outputs of the result. */
  readonly path: string;
  readonly hash: string;
  /** Names in the metrics file, without the stage. */
  readonly metrics: readonly string[];
}

export interface RunDiff {
  readonly a: string;
  readonly b: string;
  readonly params: readonly FieldChange[];
  /** Those that differ. */
  readonly metrics: readonly MetricChange[];
  readonly equalMetrics: readonly string[];
  readonly stages: readonly StageChange[];
  readonly outputs: readonly OutputChange[];
  readonly environment: readonly FieldChange[];
  /** Of metrics files that keep units on both sides, and not the same ones. */
  readonly paired: readonly PairedComparison[];
}

export interface MetricChange {
  readonly name: string;
  readonly before: number | string | null;
  readonly after: number | string | null;
  /** Null where one of them is no finite number. */
  readonly difference: number | null;
  readonly goal: Goal | null;
  /** `incomparable`: under different protocols; null without a goal, or where one is missing. */
  readonly verdict: 'better' | 'worse' | 'incomparable' | null;
}

export interface StageChange {
  readonly name: string;
  /** `unknown`: the key of one of them is not known. */
  readonly change: 'same' | 'changed' | 'added' | 'removed' | 'unknown';
  readonly fields: readonly FieldChange[];
}

export interface OutputChange {
  /** `<stage>.<output>` */
  readonly name: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly identical: boolean;
}

export function diffOf(a: DiffSide, b: DiffSide, paired: readonly PairedComparison[] = []): RunDiff {
  const metrics = namesIn(a.metrics ?? {}, b.metrics ?? {}).map((name) =>
    metricChange(name, a.metrics?.[name], b.metrics?.[name]),
  );
  const differs = ({ before, after }: MetricChange) => before !== after;
  const stages = namesIn(a.stages, b.stages);
  return {
    ...{ a: a.name, b: b.name, params: fingerprintChanges(a.params, b.params) },
    metrics: a.metrics && b.metrics ? metrics.filter(differs) : [],
    equalMetrics: metrics.filter((change) => !differs(change)).map(({ name }) => name),
    stages: stages.map((name) => stageChange(name, a.stages[name], b.stages[name])),
    outputs: stages.flatMap((name) => outputChanges(name, a.stages[name], b.stages[name])),
    environment: a.environment && b.environment ? fingerprintChanges(a.environment, b.environment) : [],
    paired,
  };
}

function namesIn(a: object, b: object): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])];
}

function metricChange(name: string, a: DiffMetric | undefined, b: DiffMetric | undefined): MetricChange {
  const [before, after, goal] = [a?.value ?? null, b?.value ?? null, b?.goal ?? a?.goal ?? null];
  const difference = typeof before === 'number' && typeof after === 'number' ? after - before : null;
  return { name, before, after, difference, goal, verdict: verdictOf(a, b, goal) };
}

function verdictOf(a: DiffMetric | undefined, b: DiffMetric | undefined, goal: Goal | null): MetricChange['verdict'] {
  if (a === undefined || b === undefined || goal === null) return null;
  if (canonicalJson(a.comparable) !== canonicalJson(b.comparable)) return 'incomparable';
  const [before, after] = [worth(a.value, goal), worth(b.value, goal)];
  if (before === after) return null;
  return after > before ? 'better' : 'worse';
}

/** More is better; what diverged is worst. */
function worth(value: number | string, goal: Goal): number {
  if (typeof value === 'string') return Number.NEGATIVE_INFINITY;
  return goal === 'maximize' ? value : -value;
}

function stageChange(name: string, a: DiffStage | undefined, b: DiffStage | undefined): StageChange {
  if (a === undefined || b === undefined) return { name, change: a === undefined ? 'added' : 'removed', fields: [] };
  if (a.key === undefined || b.key === undefined) return { name, change: 'unknown', fields: [] };
  const fields = fingerprintChanges(a.key, b.key);
  return { name, change: fields.length === 0 ? 'same' : 'changed', fields };
}

/** Of a stage that has a result on both sides. */
function outputChanges(stage: string, a: DiffStage | undefined, b: DiffStage | undefined): OutputChange[] {
  const [before, after] = [a?.outputs, b?.outputs];
  if (before === undefined || after === undefined) return [];
  return namesIn(before, after).map((output) => {
    const hashes = { before: before[output] ?? null, after: after[output] ?? null };
    return { name: `${stage}.${output}`, ...hashes, identical: hashes.before === hashes.after };
  });
}
