/** What keeps whole numbers and steps in motion when the distribution has got narrower than one of them. */
import { Matrix } from 'ml-matrix';
import type { JsonValue } from '../../../pipeline/types.ts';
import { type Distribution, sizeOf } from '../../search-space.ts';
import { fromUnit, toUnit } from '../../unit-interval.ts';
import { decomposed, type NormalDistribution } from './distribution.ts';

/**
 * Widened until each whole number or step is left with a probability of at least 1 / (dimensions · population), as in
 * Hamano et al., "CMA-ES with Margin" (GECCO 2022, arXiv:2205.13482), section 4; there a second matrix is widened, here
 * the covariance itself, its correlations kept.
 *
 * @param distributions of the dimensions of the mean
 */
export function withMargin(
  from: NormalDistribution,
  distributions: readonly Distribution[],
  population: number,
): NormalDistribution {
  const quantile = normalQuantile(1 / (distributions.length * population));
  const factors = distributions.map((distribution, at) => {
    const least = cellWidth(distribution, from.mean[at] ?? 0) / 2 / quantile;
    return Math.max(1, least / (from.step * Math.sqrt(from.covariance.get(at, at))));
  });
  if (factors.every((factor) => factor === 1)) return from;
  const widen = Matrix.diag(factors);
  return { ...from, ...decomposed(widen.mmul(from.covariance).mmul(widen)) };
}

/** How much of the unit interval leads to the same value as `unit`; 0 on a continuous scale. */
export function cellWidth(distribution: Distribution, unit: number): number {
  const size = sizeOf(distribution);
  if (size !== Infinity) return 1 / size;
  if (distribution.kind !== 'int') return 0;
  const value = fromUnit(distribution, unit) as number;
  const place = (of: JsonValue) => toUnit(distribution, of);
  return place(value + 0.5) - place(value - 0.5);
}

/** z with P(|N(0, 1)| > z) = `share`, by Pólya's approximation: 5% short at a share of .001, 1% at .25. */
function normalQuantile(share: number): number {
  return Math.sqrt((-Math.PI / 2) * Math.log(1 - (1 - share) ** 2));
}
