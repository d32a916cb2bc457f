/**
 * The median stopping rule (Golovin et al., Google Vizier, KDD 2017) with any percentile, as Optuna's
 * `PercentilePruner` has it: a trial's best so far against the bests so far of those that are complete.
 */
import { quantile } from '../../statistics/quantile.ts';
import type { CurveOf, PercentileSettings, Pruner } from '../pruner.ts';
import { bestUpTo, type Shown } from './curves.ts';

/**
 * Only complete trials are compared with: those were ended that were worse. One that never reported beyond the step has
 * not reached it and is not counted; which steps it reported on the way does not matter.
 *
 * @param percentile 0 … 100: that share of the complete trials, the best, is kept up with; 50 is the median.
 */
export function percentilePruner(percentile: number, settings: PercentileSettings, shown: Shown): Pruner {
  const { startupTrials, warmupSteps, minTrials } = settings;
  return {
    shouldPrune: ({ curve }, others) => {
      const step = curve.at(-1)?.step;
      if (step === undefined || step <= warmupSteps) return undefined;
      const complete = others.filter(({ state }) => state === 'complete');
      if (complete.length < startupTrials) return undefined;
      const best = bestUpTo(curve, step) as number;
      if (best === Infinity) return `up to step ${step} it reported no finite value`;
      const bests = bestsAt(complete, step);
      if (bests.length < Math.max(1, minTrials)) return undefined;
      const bar = quantile(bests, percentile / 100);
      if (best <= bar) return undefined;
      const name = percentile === 50 ? 'the median' : `percentile ${percentile}`;
      const trials = bests.length === 1 ? 'the one complete trial' : `${bests.length} complete trials`;
      return `at step ${step} its best so far, ${shown(best)}, was worse than ${name} of ${trials}, ${shown(bar)}`;
    },
  };
}

/** Of those that reached the step, rising. */
function bestsAt(trials: readonly CurveOf[], step: number): Float64Array {
  const bests = trials.flatMap(({ curve }) => {
    const reached = (curve.at(-1)?.step ?? -Infinity) >= step;
    return reached ? (bestUpTo(curve, step) ?? []) : [];
  });
  return Float64Array.from(bests).sort();
}
