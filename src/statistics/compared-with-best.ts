/** The best trial of a study against each other one: whether chance alone may have put it first. */

import { type Replicated, type Tested, tested, usableUnits } from './estimate.ts';
import { holm } from './holm.ts';
import { meanOf } from './moments.ts';
import { type PairedTest, pairedTests } from './paired.ts';
import type { TTest } from './student-t.ts';

export interface ReplicatedTrial extends Replicated {
  readonly number: number;
}

export interface Comparison extends Tested {
  readonly trial: number;
  /** `[replicates]`, those that both have: by how much the best is better in each, whatever the goal; below 0 if worse. */
  readonly differences: readonly number[];
  readonly mean: number;
  /** Of the differences, with p after Holm's correction over all comparisons; absent where there is too little to tell. */
  readonly test?: CorrectedTest;
  /** Of one run each that kept their units: what other units would give of these two runs, and nothing of other seeds. */
  readonly ofTheseRuns?: PairedTest;
}

export type CorrectedTest = TTest & { readonly holm: number };

export interface ComparedWithBest {
  readonly best: number;
  /** Those with the most replicates first; of these the nearest to the best. */
  readonly comparisons: readonly Comparison[];
}

/** @param trials at least one, their numbers different */
export function comparedWithBest(trials: readonly ReplicatedTrial[], goal: 'maximize' | 'minimize'): ComparedWithBest {
  const best = bestOf(trials, goal);
  const compared = trials
    .filter(({ number }) => number !== best.number)
    .map((trial) => comparison(best, trial, goal))
    .sort((a, b) => b.differences.length - a.differences.length || a.mean - b.mean || a.trial - b.trial);
  const corrected = holm(compared.flatMap(({ test }) => test?.p ?? []));
  let at = 0;
  const comparisons = compared.map(({ test, ...rest }) =>
    test === undefined ? rest : { ...rest, test: { ...test, holm: corrected[at++] as number } },
  );
  return { best: best.number, comparisons };
}

/** Of the best mean among those with the most replicates: fewer may have been lucky. Of equal ones the lower number. */
export function bestOf(trials: readonly ReplicatedTrial[], goal: 'maximize' | 'minimize'): ReplicatedTrial {
  const most = trials.reduce((count, { values }) => Math.max(count, values.length), 0);
  const [best] = trials
    .filter(({ values }) => values.length === most)
    .sort((a, b) => -advantage(meanOf(a.values), meanOf(b.values), goal) || a.number - b.number);
  if (best === undefined) throw new Error('no trial has a value');
  return best;
}

/** By how much `a` is better than `b`. */
export function advantage(a: number, b: number, goal: 'maximize' | 'minimize'): number {
  return goal === 'maximize' ? a - b : b - a;
}

function comparison(
  best: ReplicatedTrial,
  { number, ...other }: ReplicatedTrial,
  goal: 'maximize' | 'minimize',
): Omit<Comparison, 'test'> & Tested {
  const values = best.values
    .slice(0, other.values.length)
    .map((value, at) => advantage(value, other.values[at] as number, goal));
  const units = unitAdvantages(best, other, goal)?.slice(0, values.length);
  const one = units?.length === 1 ? pairedTests(units)[0] : undefined;
  return {
    ...{ trial: number, differences: values, mean: meanOf(values) },
    ...tested({ values, ...(units === undefined ? {} : { units }) }),
    ...(one === undefined ? {} : { ofTheseRuns: one }),
  };
}

/** `[replicates][units]`; undefined where not both kept them. */
function unitAdvantages(
  best: Replicated,
  other: Replicated,
  goal: 'maximize' | 'minimize',
): Float64Array[] | undefined {
  const [ofBest, ofOther] = [usableUnits(best), usableUnits(other)];
  if (ofBest === undefined || ofOther === undefined || ofBest[0]?.length !== ofOther[0]?.length) return undefined;
  return ofOther.slice(0, ofBest.length).map((row, at) => {
    const better = ofBest[at] as Float64Array;
    return row.map((score, unit) => advantage(better[unit] as number, score, goal));
  });
}
