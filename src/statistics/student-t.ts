/** Student's t: intervals of means, and tests of them. What is given is sampled independently and about normal. */
import jstat from 'jstat';
import { meanOf, standardErrorOf } from './moments.ts';

/** Of the mean: equal values whose sums are rounded differ in their last bits, and that is no spread. */
const leastSpread = 1e-14;

/** A mean and what is known of it, in the unit of the values. */
export interface TTest {
  readonly mean: number;
  /** 95 %. */
  readonly interval: readonly [low: number, high: number];
  /** Two-sided, of a true mean of 0. */
  readonly p: number;
}

/** With fewer an interval is mostly made of t, and rests on a normality that nobody can see. */
export const replicatesForT = 5;

/** @param values `[samples]`, at least two, finite. Of paired values their differences: the paired t test. */
export function tTest(values: ArrayLike<number>): TTest {
  return tTestOf(meanOf(values), standardErrorOf(values), values.length - 1);
}

/** Whether nothing can be told of chance from them. @param values `[samples]`, at least two, finite */
export function areAlike(values: ArrayLike<number>): boolean {
  return standardErrorOf(values) <= Math.abs(meanOf(values)) * leastSpread;
}

/** @param degrees of freedom of the standard error, above 0; need not be whole. */
export function tTestOf(mean: number, standardError: number, degrees: number): TTest {
  if (standardError <= Math.abs(mean) * leastSpread) return { mean, interval: [mean, mean], p: mean === 0 ? 1 : 0 };
  const half = tQuantile(0.975, degrees) * standardError;
  return { mean, interval: [mean - half, mean + half], p: twoSided(mean / standardError, degrees) };
}

/** Chance of a t as far from 0, on either side. Abramowitz and Stegun 26.7.1; right to about seven digits. */
export function twoSided(t: number, degrees: number): number {
  return jstat.jStat.ibeta(degrees / (degrees + t * t), degrees / 2, 0.5);
}

/** Below which t lies with that chance. */
export function tQuantile(share: number, degrees: number): number {
  return jstat.jStat.studentt.inv(share, degrees);
}
