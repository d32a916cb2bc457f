/** Parzen estimators: densities made of a kernel around each observation and one over the whole space, the prior. */
import type { RandomStream } from '../../../random.ts';
import type { Axis } from './axis.ts';
import { type Factor, factorOf, withLast } from './factor.ts';

/** Points: one array for each axis, each with one code for each point. */
export type Codes = readonly Float64Array[];

export interface Parzen {
  /** Draws points; their codes are those of values. */
  sample(random: RandomStream, count: number): Codes;
  /** log of the density at each point, of the mass along axes whose values are apart; finite. */
  logDensity(points: Codes): Float64Array;
}

/** The weight of the prior, and, in the mean, of an observation. */
const priorWeight = 1;

/**
 * Σₖ wₖ Πⱼ pₖⱼ(xⱼ) over kernels k and axes j: the multivariate estimator of Watanabe 2023.
 *
 * @param observed at least one axis; each array as long as there are observations, 0 or more
 * @param weights one for each observation, ≥ 0, 1 in the mean
 */
export function parzen(axes: readonly Axis[], observed: Codes, weights: Float64Array): Parzen {
  const total = weights.length + priorWeight;
  const shares = withLast(weights, priorWeight).map((weight) => weight / total);
  const logWeights = shares.map((share) => Math.log(Math.max(share, Number.MIN_VALUE)));
  const factors = axes.map((axis, at) => factorOf(axis, observed[at] ?? new Float64Array(), priorWeight));
  return {
    sample(random, count) {
      const kernels = Array.from({ length: count }, () => drawn(shares, random));
      return factors.map((factor) => Float64Array.from(kernels, (kernel) => factor.draw(kernel, random)));
    },
    logDensity: (points) => logDensity(factors, logWeights, points),
  };
}

/** Kernel k with probability shares[k]. */
function drawn(shares: Float64Array, random: RandomStream): number {
  const unit = random.uniform();
  let sum = 0;
  const at = shares.findIndex((share) => {
    sum += share;
    return unit < sum;
  });
  return at < 0 ? shares.length - 1 : at; // the sum may end a digit below 1
}

function logDensity(factors: readonly Factor[], logWeights: Float64Array, points: Codes): Float64Array {
  const sums = new Float64Array(logWeights.length);
  return Float64Array.from(points[0] ?? [], (_, point) => {
    sums.set(logWeights);
    for (const [at, factor] of factors.entries()) factor.addLog(points[at]?.[point] ?? 0, sums);
    return logSumExp(sums);
  });
}

/** What is e^-40 of the largest is below the last digit of the sum. */
const negligible = 40;

function logSumExp(values: Float64Array): number {
  let most = -Infinity;
  for (let at = 0; at < values.length; at++) most = Math.max(most, values[at] as number);
  let sum = 0;
  for (let at = 0; at < values.length; at++) {
    const below = (values[at] as number) - most;
    if (below > -negligible) sum += Math.exp(below);
  }
  return most + Math.log(sum);
}
