/** One trial of a study, the best or another, against each other one: what of their differences chance alone may have made. */

import { type Replicated, type Tested, testedBy, usableUnits } from './estimate.ts';
import { holm } from './holm.ts';
import { meanOf } from './moments.ts';
import { type PairedTest, pairedTests } from './paired.ts';
import type { TTest } from './student-t.ts';

export interface ReplicatedTrial extends Replicated {
  readonly number: number;
}

export interface Comparison extends Tested {
  readonly trial: number;
  /** `[replicates]`, those that both have: by how much the reference is better in each, whatever the goal; below 0 if worse. */
  readonly differences: readonly number[];
  readonly mean: number;
  /** Of the differences, with p after Holm's correction over all comparisons; absent where there is too little to tell. */
  readonly test?: CorrectedTest;
  /** Of one run each that kept their units: what other units would give of these two runs, and nothing of other seeds. */
  readonly ofTheseRuns?: PairedTest;
}

/** Before Holm's correction. */
export type Uncorrected = Omit<Comparison, 'test'> & Tested;

export type CorrectedTest = TTest & { readonly holm: number };

export interface ComparedWithBest {
  readonly best: number;
  /** Those with the most replicates first; of these the nearest to the best. */
  readonly comparisons: readonly Comparison[];
}

/** @param trials at least one, their numbers different */
export function comparedWithBest(trials: readonly ReplicatedTrial[], goal: 'maximize' | 'minimize'): ComparedWithBest {
  const best = bestOf(trials, goal);
  return { best: best.number, comparisons: comparedWith(best, trials, goal) };
}

/**
 * In pairs by replicate, with Holm's correction over all comparisons that can be tested.
 * @param trials their numbers different; the reference may be among them
 * @returns in the order of {@link ComparedWithBest}
 */
export function comparedWith(
  reference: ReplicatedTrial,
  trials: readonly ReplicatedTrial[],
  goal: 'maximize' | 'minimize',
): Comparison[] {
  const others = trials.filter(({ number }) => number !== reference.number);
  return corrected(others.map((trial) => comparison(reference, trial, goal)));
}

/** Of all that are told together. @returns in the order of {@link ComparedWithBest} */
export function corrected(comparisons: readonly Uncorrected[]): Comparison[] {
  const compared = comparisons.toSorted(
    (a, b) => b.differences.length - a.differences.length || a.mean - b.mean || a.trial - b.trial,
  );
  const ps = holm(compared.flatMap(({ test }) => test?.p ?? []));
  let at = 0;
  return compared.map(({ test, ...rest }) =>
    test === undefined ? rest : { ...rest, test: { ...test, holm: ps[at++] as number } },
  );
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

/** A mean of no differences, where no replicate is of both, is no number. */
export function comparison(
  reference: ReplicatedTrial,
  { number, ...other }: ReplicatedTrial,
  goal: 'maximize' | 'minimize',
): Uncorrected {
  const pairs = pairsOf(reference, other);
  const values = pairs.map(([a, b]) => advantage(reference.values[a] as number, other.values[b] as number, goal));
  const units = unitAdvantages(reference, other, pairs, goal);
  const one = units?.length === 1 ? pairedTests(units)[0] : undefined;
  return {
    ...{ trial: number, differences: values, mean: meanOf(values) },
    ...testedBy(values, units),
    ...(one === undefined ? {} : { ofTheseRuns: one }),
  };
}

/** Where the replicates that both have are in each, in the order of the other's. */
function pairsOf(reference: Replicated, other: Replicated): (readonly [ofReference: number, ofOther: number])[] {
  const named = ({ values, replicates }: Replicated) => replicates ?? [...values.keys()];
  const places = new Map(named(reference).map((replicate, at) => [replicate, at]));
  return named(other).flatMap((replicate, at) => {
    const place = places.get(replicate);
    return place === undefined ? [] : [[place, at] as const];
  });
}

/** `[pairs][units]`; undefined where not both kept them. */
function unitAdvantages(
  reference: Replicated,
  other: Replicated,
  pairs: ReturnType<typeof pairsOf>,
  goal: 'maximize' | 'minimize',
): Float64Array[] | undefined {
  const [ofReference, ofOther] = [usableUnits(reference), usableUnits(other)];
  if (ofReference === undefined || ofOther === undefined || ofReference[0]?.length !== ofOther[0]?.length)
    return undefined;
  return pairs.map(([a, b]) => {
    const ofOne = ofReference[a] as Float64Array;
    return (ofOther[b] as Float64Array).map((score, unit) => advantage(ofOne[unit] as number, score, goal));
  });
}
