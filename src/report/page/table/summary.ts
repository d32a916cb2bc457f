/** What several values of one setting say together. */
import { meanOf } from '../../../statistics/moments.ts';
import { replicatesForT, tTest } from '../../../statistics/student-t.ts';

export interface Summary {
  readonly n: number;
  readonly mean: number;
  /** 95 % of the mean by Student's t; of fewer values than that takes the least and the largest; of one itself. */
  readonly low: number;
  readonly high: number;
  readonly isInterval: boolean;
}

/** @param values finite; undefined where there is none */
export function summaryOf(values: readonly number[]): Summary | undefined {
  const n = values.length;
  if (n === 0) return undefined;
  if (n >= replicatesForT) {
    const { mean, interval } = tTest(values);
    return { n, mean, low: interval[0], high: interval[1], isInterval: true };
  }
  return { n, mean: meanOf(values), low: Math.min(...values), high: Math.max(...values), isInterval: false };
}
