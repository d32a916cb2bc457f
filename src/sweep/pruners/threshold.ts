/** Ends what has gone astray, as Optuna's `ThresholdPruner` does: a trial against nobody but the bounds. */
import type { Pruner, ThresholdSettings } from '../pruner.ts';
import { orWorst, type Shown } from './curves.ts';

/** Judges the last report: outside [lower, upper], losses both of which are allowed, or not finite. */
export function thresholdPruner({ lower, upper, warmupSteps }: ThresholdSettings, shown: Shown): Pruner {
  return {
    shouldPrune: ({ curve }) => {
      const last = curve.at(-1);
      if (last === undefined || last.step <= warmupSteps) return undefined;
      const { step, value } = last;
      if (orWorst(value) === Infinity) return `at step ${step} it reported ${value}`;
      if (value > upper) return `at step ${step} it reported ${shown(value)}, worse than the ${shown(upper)} allowed`;
      if (value < lower) return `at step ${step} it reported ${shown(value)}, better than the ${shown(lower)} allowed`;
      return undefined;
    },
  };
}
