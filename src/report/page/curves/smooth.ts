/** A moving mean: for the eye only, and always said where it is drawn. */
import { meanOf } from '../../../statistics/moments.ts';

/** Share of a curve's points that one smoothed point is the mean of. */
export const smoothedShare = 0.05;

/**
 * Of each point the mean of the finite values in the window around it, of which the two ends have one side only. A
 * curve too short for a window of three is as it was; where there was no value there is none.
 */
export function smooth(values: readonly (number | null)[]): readonly (number | null)[] {
  const reach = Math.floor((values.length * smoothedShare) / 2);
  if (reach < 1) return values;
  return values.map((value, at) => {
    if (value === null) return null;
    return meanOf(values.slice(Math.max(0, at - reach), at + reach + 1).filter((other) => other !== null));
  });
}
