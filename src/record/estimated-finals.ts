/** What the statistics tell of final runs. Units are read of one trial after the other: of many trials they are many. */
import type { Goal } from '../pipeline/types.ts';
import {
  type Comparison,
  comparison,
  corrected,
  type ReplicatedTrial,
  type Uncorrected,
} from '../statistics/compared-with-best.ts';
import { type Estimate, interval } from '../statistics/estimate.ts';
import type { Layout } from '../store/layout.ts';
import { unitReader } from '../store/unit-scores.ts';
import type { MeasuredTrial } from './final-runs.ts';

export interface EstimatedFinals {
  /** By trial, of those that have a value. */
  readonly estimates: ReadonlyMap<number, Estimate>;
  /** With the reference, of those of its group. */
  readonly comparisons: readonly Comparison[];
}

/** @param reference one of them that has a value; units count of those that have the same as it, or else as the first */
export async function estimatedFinals(
  layout: Layout,
  measured: readonly MeasuredTrial[],
  metric: string,
  reference: MeasuredTrial | undefined,
  goal: Goal | null,
): Promise<EstimatedFinals> {
  const read = unitReader(layout, metric);
  const ofReference = reference && (await withUnits(reference, read));
  const estimates = new Map<number, Estimate>();
  const comparisons: Uncorrected[] = [];
  for (const one of measured) {
    if (one.mean === null) continue;
    const trial = one === reference && ofReference !== undefined ? ofReference : await withUnits(one, read);
    estimates.set(one.trial, interval(trial));
    if (ofReference !== undefined && goal !== null && one !== reference && one.group === reference?.group)
      comparisons.push(comparison(ofReference, trial, goal));
  }
  return { estimates, comparisons: corrected(comparisons) };
}

async function withUnits(one: MeasuredTrial, read: ReturnType<typeof unitReader>): Promise<ReplicatedTrial> {
  const runs = one.values.flatMap(({ run, value }) => (value === null ? [] : (run ?? [])));
  const units = await read(runs);
  return { ...replicatedTrial(one), ...(units === undefined ? {} : { units }) };
}

/** Its values, by the seeds that they are of. */
export function replicatedTrial({ trial, values }: MeasuredTrial): ReplicatedTrial {
  const had = values.flatMap(({ replicate, value }) => (value === null ? [] : [{ replicate, value }]));
  return { number: trial, values: had.map(({ value }) => value), replicates: had.map(({ replicate }) => replicate) };
}
