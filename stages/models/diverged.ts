/** Training that diverged is told, and leaves no model: an order by NaN is the order of the indices, which is no result. */
import { DataError } from '../data-error.ts';

/** Throws DataError where a loss is no longer finite. */
export function failIfLossesDiverged(losses: Readonly<Record<string, number>>, step: number, rateParam: string): void {
  const diverged = Object.entries(losses).find(([, value]) => !Number.isFinite(value));
  if (diverged !== undefined)
    throw new DataError(`training diverged: ${diverged.join(' is ')} at step ${step}; try a lower ${rateParam}`);
}

/**
 * Throws DataError where a weight that is to be kept is not finite. Losses are from before the update they led to: the
 * last one shows in the weights alone.
 */
export function failIfWeightsDiverged(weights: Readonly<Record<string, Float32Array>>, rateParam: string): void {
  for (const [name, values] of Object.entries(weights)) {
    const found = values.find((value) => !Number.isFinite(value));
    if (found !== undefined)
      throw new DataError(`training diverged: ${name} holds ${found} at its end; try a lower ${rateParam}`);
  }
}
