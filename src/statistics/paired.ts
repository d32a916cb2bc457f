/**
 * Two systems measured on the same units (users, folds, questions), compared unit by unit: how far their means are apart,
 * and what chance alone would make of it. Pure, and the same for the same values on every machine.
 */
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import { sha256 } from '../hash.ts';
import { dot } from './dot.ts';
import { quantile } from './quantile.ts';

export interface PairedTest {
  /** Of the differences, b − a. */
  readonly mean: number;
  /** 95 % of the means of {@link resamples} samples of the units, drawn with replacement, lie in it (percentile bootstrap). */
  readonly interval: readonly [low: number, high: number];
  /**
   * Paired randomisation, two-sided: the share of all ways to swap a and b within units that give a mean as far from 0.
   * Exact where there are few enough ways, else by {@link resamples} drawn ones, where it is never 0.
   */
  readonly p: number;
}

/** Of the bootstrap and of the swaps; their seed is fixed, so that the same values give the same answer. */
export const resamples = 10_000;
/** With so many units that differ, all 2^n ways are gone through. */
const mostExact = 13;

/**
 * All metrics are resampled together, by the same units and swaps: they are measured on the same ones.
 *
 * @param differences of each metric `[units]`, b − a; all of one length, finite.
 */
export function pairedTests(differences: readonly Float64Array[]): PairedTest[] {
  const units = differences[0]?.length ?? 0;
  if (units === 0) return [];
  const means = differences.map((values) => sumOf(values) / units);
  const intervals = bootstrap(differences, units);
  const drawn = drawnSwaps(differences, units);
  return differences.map((values, m) => ({
    mean: means[m] as number,
    interval: intervals[m] as [number, number],
    p: exactSwaps(values.filter((value) => value !== 0)) ?? (drawn[m] as number),
  }));
}

function bootstrap(differences: readonly Float64Array[], units: number): [number, number][] {
  const next = draws('bootstrap');
  const drawn = new Int32Array(units);
  const means = differences.map(() => new Float64Array(resamples));
  for (let sample = 0; sample < resamples; sample++) {
    // A 32-bit draw times the count, over 2^32: uneven by a few in 2^32.
    for (let i = 0; i < units; i++) drawn[i] = Math.floor((next() / 2 ** 32) * units);
    for (let m = 0; m < differences.length; m++)
      (means[m] as Float64Array)[sample] = sumAt(differences[m] as Float64Array, drawn) / units;
  }
  return means.map((values) => {
    values.sort();
    return [quantile(values, 0.025), quantile(values, 0.975)];
  });
}

/** In four sums, as {@link dot}. */
function sumAt(values: Float64Array, at: Int32Array): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let i = 0;
  for (; i + 3 < at.length; i += 4) {
    a += values[at[i] as number] as number;
    b += values[at[i + 1] as number] as number;
    c += values[at[i + 2] as number] as number;
    d += values[at[i + 3] as number] as number;
  }
  for (; i < at.length; i++) a += values[at[i] as number] as number;
  return a + b + (c + d);
}

/** Share of the drawn swaps, with the one that was measured among them, whose mean is as far from 0. */
function drawnSwaps(differences: readonly Float64Array[], units: number): number[] {
  const next = draws('swaps');
  const signs = new Float64Array(units);
  const asFar = new Int32Array(differences.length);
  const least = differences.map((values) => bound(sumOf(values)));
  for (let sample = 0; sample < resamples; sample++) {
    let bits = 0;
    for (let unit = 0; unit < units; unit++) {
      bits = unit % 32 === 0 ? next() : bits >>> 1;
      signs[unit] = (bits & 1) * 2 - 1;
    }
    for (let m = 0; m < differences.length; m++)
      if (Math.abs(dot(differences[m] as Float64Array, 0, signs, 0, units)) >= (least[m] as number))
        asFar[m] = (asFar[m] as number) + 1;
  }
  return Array.from(asFar, (count) => (count + 1) / (resamples + 1));
}

/** Over all ways; undefined where they are too many. Units that do not differ change nothing, whichever way. */
function exactSwaps(differing: Float64Array): number | undefined {
  if (differing.length > mostExact) return undefined;
  const least = bound(sumOf(differing));
  const ways = 2 ** differing.length;
  let asFar = 0;
  for (let way = 0; way < ways; way++) {
    let sum = 0;
    for (let unit = 0; unit < differing.length; unit++)
      sum += ((way >>> unit) & 1) === 1 ? (differing[unit] as number) : -(differing[unit] as number);
    asFar += Number(Math.abs(sum) >= least);
  }
  return asFar / ways;
}

/** Sums of the same numbers in another order differ in their last bits: that is no difference. */
function bound(sum: number): number {
  return Math.abs(sum) * (1 - 1e-12);
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** Whole numbers in [0, 2^32). */
function draws(name: string): () => number {
  const digest = Buffer.from(sha256(`paired/${name}`), 'hex');
  const generator = xoroshiro128plusFromState([0, 4, 8, 12].map((at) => digest.readInt32LE(at)));
  return () => generator.next() >>> 0;
}
