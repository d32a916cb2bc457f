/** What was seen, as one loss for each trial. */
import { randomStream } from '../../../random.ts';
import type { SeenTrial } from '../../sampler.ts';

/** A trial whose losses can be learnt from. */
export type Observed = SeenTrial & { readonly losses: readonly number[] };

/** Those with a loss for each metric; of several a pruned trial has the first alone. */
export function observedOf(seen: readonly SeenTrial[]): readonly Observed[] {
  const metrics = seen.reduce((most, { losses = [] }) => Math.max(most, losses.length), 1);
  return seen.filter((trial): trial is Observed => trial.losses?.length === metrics);
}

/** One loss for each (n). Of several metrics a norm with weights that are drawn for the asking trial. */
export function lossesOf(observed: readonly Observed[], seed: number, trial: number): Float64Array {
  const metrics = (observed[0]?.losses ?? []).map((_, metric) => lossesOfMetric(observed, metric));
  return metrics.length === 1 ? (metrics[0] as Float64Array) : chebyshev(metrics, seed, trial);
}

/**
 * A pruned trial counts with what it last reported, yet as no better than the median of the complete ones: it promised
 * less than others there, and what it reported on its way may be lower than what it would have come to.
 */
function lossesOfMetric(observed: readonly Observed[], metric: number): Float64Array {
  const complete = observed.filter(({ state }) => state === 'complete').map(({ losses }) => losses[metric] as number);
  const median = medianOf(Float64Array.from(complete));
  return Float64Array.from(observed, ({ state, losses }) => {
    const loss = losses[metric] as number;
    return state === 'pruned' && loss < median ? median : loss;
  });
}

/** Augmented Chebyshev norm of the losses' places in their ranges (ParEGO: Knowles 2006). */
function chebyshev(metrics: readonly Float64Array[], seed: number, trial: number): Float64Array {
  const stream = randomStream(seed, trial, 'weights');
  const drawn = metrics.map(() => -Math.log(1 - stream.uniform())); // normalised: even over all weights
  const total = drawn.reduce((sum, weight) => sum + weight, 0);
  const weighted = metrics.map((losses, metric) => {
    const [low, high] = rangeOf(losses);
    const weight = (drawn[metric] as number) / total;
    return losses.map((loss) => (weight * (loss - low)) / (high - low || 1));
  });
  return (weighted[0] as Float64Array).map((_, i) => {
    const parts = weighted.map((losses) => losses[i] as number);
    return Math.max(...parts) + 0.05 * parts.reduce((sum, part) => sum + part, 0);
  });
}

export function rangeOf(values: Float64Array): readonly [number, number] {
  return [
    values.reduce((least, value) => Math.min(least, value), Infinity),
    values.reduce((most, value) => Math.max(most, value), -Infinity),
  ];
}

/** The lower one where they are even in number; NaN of none. */
export function medianOf(values: Float64Array): number {
  return values.toSorted()[Math.floor((values.length - 1) / 2)] ?? Number.NaN;
}
