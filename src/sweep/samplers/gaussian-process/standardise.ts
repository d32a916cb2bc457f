/** Losses in units that a Gaussian process with weak priors can take. */
import { meanOf } from '../../../statistics/moments.ts';
import { medianOf, rangeOf } from './losses.ts';

export interface Standardised {
  /** Mean 0 and variance 1, in the losses' order (n). */
  readonly y: Float64Array;
  /** Variances in the same units (n). */
  readonly noise: Float64Array;
}

/** Beyond so many times the median's distance from the best, all are equally bad: one that diverged says no more. */
const farthest = 1000;

/**
 * log(1 + (loss − best) / (median − best)), standardised: near the best it is a straight line, and far above it orders of
 * magnitude become distances, so that bad points do not drown differences among good ones (as the log warping of Song et
 * al. 2024, "The Vizier Gaussian process bandit algorithm").
 *
 * @param errors standard errors of the losses (n), 0 where not known; carried over by the slope there.
 */
export function standardise(losses: Float64Array, errors: Float64Array): Standardised {
  const bounded = losses.map((loss) => Math.min(1e300, Math.max(-1e300, loss)));
  const [best, worst] = rangeOf(bounded);
  const unit = medianOf(bounded) - best || worst - best || 1;
  const excess = bounded.map((loss) => Math.min(farthest, (loss - best) / unit));
  const warped = excess.map(Math.log1p);
  const mean = meanOf(warped);
  const deviation = Math.sqrt(meanOf(warped.map((value) => (value - mean) ** 2))) || 1;
  return {
    y: warped.map((value) => (value - mean) / deviation),
    noise: errors.map((error, i) => Math.min(1e6, (error / unit / (1 + (excess[i] as number)) / deviation) ** 2)),
  };
}
