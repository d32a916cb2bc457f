/** Final runs by their trials, best first. */
import type { ConfigHash } from '../hash.ts';
import type { Goal, JsonValue } from '../pipeline/types.ts';
import { meanOf } from '../statistics/moments.ts';
import type { FinalValue } from './finalists.ts';

/** One run of a finalist: under which of the seeds of the final runs, and what it came to. */
export interface FinalRun {
  readonly trial: number;
  readonly replicate: number;
  /** The value of the replicated param; null where it is not on record. */
  readonly seed: JsonValue;
  /** null where it could not be run. */
  readonly run: ConfigHash | null;
  /** Of the last stage, by their full names. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly reason: string | null;
  /** In which its value may be ranked; absent where that is not told. */
  readonly group?: string | undefined;
}

export interface MeasuredTrial {
  readonly trial: number;
  readonly values: readonly FinalValue[];
  readonly mean: number | null;
  /** Means of the other metrics. */
  readonly means: Readonly<Record<string, number>>;
  /** Empty where it is not told, or where its runs are of several. */
  readonly group: string;
}

/** Groups by size; in each those with the most values, best first; last those without any. Without a goal by their numbers. */
export function measuredTrials(runs: readonly FinalRun[], metric: string, goal: Goal | null): MeasuredTrial[] {
  const trials = [...new Set(runs.map(({ trial }) => trial))].sort((a, b) => a - b);
  const measured = trials.map((trial) =>
    measuredTrial(
      trial,
      runs.filter((run) => run.trial === trial),
      metric,
    ),
  );
  const sizes = new Map<string, number>();
  for (const { group, mean } of measured) if (mean !== null) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  const size = ({ group }: MeasuredTrial) => sizes.get(group) ?? 0;
  const sign = goal === 'maximize' ? -1 : 1;
  return measured.sort(
    (a, b) =>
      Number(a.mean === null) - Number(b.mean === null) ||
      size(b) - size(a) ||
      (a.group < b.group ? -1 : Number(a.group > b.group)) ||
      (goal === null ? 0 : valued(b) - valued(a) || sign * ((a.mean ?? 0) - (b.mean ?? 0))) ||
      a.trial - b.trial,
  );
}

const valued = ({ values }: MeasuredTrial) => values.filter(({ value }) => value !== null).length;

function measuredTrial(trial: number, runs: readonly FinalRun[], metric: string): MeasuredTrial {
  const own = runs.toSorted((a, b) => a.replicate - b.replicate);
  const values = own.map((run) => finalValue(run, metric));
  const numbers = values.flatMap(({ value }) => value ?? []);
  const others = new Set(own.flatMap(({ metrics }) => Object.keys(metrics)).filter((name) => name !== metric));
  const groups = new Set(own.flatMap(({ group, metrics }) => (metrics[metric] === undefined ? [] : (group ?? []))));
  return {
    ...{ trial, values, mean: numbers.length === 0 ? null : meanOf(numbers) },
    means: Object.fromEntries(
      [...others].map((name) => [name, meanOf(own.flatMap(({ metrics }) => metrics[name] ?? []))]),
    ),
    group: [...groups].sort().join(' '),
  };
}

/** Of what is no number the record has nothing. */
function finalValue({ replicate, seed, run, metrics, reason }: FinalRun, metric: string): FinalValue {
  const value = metrics[metric] ?? null;
  const why = reason ?? (value === null ? `${metric} is no finite number, or was not reported` : null);
  return { replicate, seed, run, value, ...(why === null ? {} : { reason: why }) };
}
