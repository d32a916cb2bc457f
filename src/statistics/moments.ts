/** Means, and how far samples are spread around them; all in the unit of the values. */

/** @param values at least one */
export function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  return sum / values.length;
}

/** Of a sample: over n − 1. @param values at least two */
export function standardDeviationOf(values: ArrayLike<number>): number {
  const mean = meanOf(values);
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += ((values[i] as number) - mean) ** 2;
  return Math.sqrt(squares / (values.length - 1));
}

/** Of the mean. @param values at least two */
export function standardErrorOf(values: ArrayLike<number>): number {
  return standardDeviationOf(values) / Math.sqrt(values.length);
}
