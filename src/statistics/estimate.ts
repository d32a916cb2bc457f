/** What the values of a study's trials tell beyond their means. Pure; the same for the same values on every machine. */
import { crossedTest } from './crossed.ts';
import { meanOf } from './moments.ts';
import { areAlike, replicatesForT, type TTest, tTest } from './student-t.ts';

/** The objective in each replicate, in the metric's unit. */
export interface Replicated {
  /** `[replicates]`, at least one, finite; of two trials the same replicate (seed) is at the same place. */
  readonly values: readonly number[];
  /**
   * `[replicates][units]` scores of which each value is the mean; a unit (user, question) is at the same place in every
   * replicate of every trial. Absent where none are kept.
   */
  readonly units?: readonly Float64Array[];
  /** Which replicate each value is of, where some are missing; 0, 1, 2 … where absent. */
  readonly replicates?: readonly number[];
}

/** Where units were kept: the mean of many of them is about normal. */
const replicatesWithUnits = 3;

export interface Estimate {
  readonly mean: number;
  /** 95 %; absent where there is too little to tell. */
  readonly interval?: readonly [low: number, high: number];
  /** By what method; without an interval why there is none: `no interval: 3 replicates, five are needed`. */
  readonly how: string;
}

/** Where the mean over all seeds (and all units, where they were kept) lies: by {@link tested}. */
export function interval(trial: Replicated): Estimate {
  const { test, how } = tested(trial);
  return { mean: meanOf(trial.values), ...(test === undefined ? {} : { interval: test.interval }), how };
}

export interface Tested {
  /** Absent where there is too little to tell. */
  readonly test?: TTest;
  readonly how: string;
  /** Why there is none: enough replicates, the same in all, and no units. That other seeds change nothing says nothing of other data. */
  readonly alike?: true;
  /** Replicates from which on there is a test. */
  readonly least: number;
  /** In each replicate; 0 where replicates alone count. */
  readonly unitCount: number;
}

/**
 * Student's t over replicates; where their units were kept, over replicates and units, crossed ({@link crossedTest}).
 * Units whose mean is not the value are those of another question, and not used.
 */
export function tested(trial: Replicated): Tested {
  return testedBy(trial.values, usableUnits(trial));
}

/**
 * As {@link tested}.
 * @param units of {@link usableUnits}, or differences of such: of a small one the digits that were left off are no small part
 */
export function testedBy(values: readonly number[], units: readonly Float64Array[] | undefined): Tested {
  const { length } = values;
  const unitCount = units?.[0]?.length ?? 0;
  const least = units === undefined ? replicatesForT : replicatesWithUnits;
  if (length < least) {
    const have = length === 1 ? 'one replicate' : `${length} replicates`;
    return { how: `no interval: ${have}, ${least === 3 ? 'three' : 'five'} are needed`, least, unitCount };
  }
  if (units === undefined && areAlike(values))
    return {
      how: `no interval: the same in all ${length} replicates, and there are no units`,
      least,
      unitCount,
      alike: true,
    };
  if (units === undefined)
    return { test: tTest(values), how: `95 %, Student's t over ${length} replicates`, least, unitCount };
  // Without spread between replicates the random effects are those of units alone, and their t is Student's.
  const how = areAlikeRows(units)
    ? `95 %, Student's t over ${unitCount} units, the same in all ${length} replicates`
    : `95 %, random effects of ${length} replicates × ${unitCount} units`;
  return { test: crossedTest(units), how, least, unitCount };
}

function areAlikeRows([first, ...more]: readonly Float64Array[]): boolean {
  return more.every((row) => row.every((score, unit) => score === first?.[unit]));
}

/** At least two in each replicate, as many in all, and such that the values are their means. */
export function usableUnits({ values, units }: Replicated): readonly Float64Array[] | undefined {
  const count = units?.[0]?.length ?? 0;
  if (units === undefined || units.length !== values.length || count < 2) return undefined;
  const fits = units.every((row, at) => row.length === count && isMean(values[at] as number, row));
  return fits ? units : undefined;
}

/** Metrics are written with fewer digits, or summed in single precision. */
function isMean(value: number, scores: Float64Array): boolean {
  return Math.abs(meanOf(scores) - value) <= 1e-5 * meanOf(scores.map(Math.abs));
}
