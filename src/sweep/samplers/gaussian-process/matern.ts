/**
 * Matérn covariance of smoothness 5/2 with a lengthscale for each dimension (Rasmussen and Williams 2006, equations 4.17
 * and 5.1): k(r) = s (1 + √5 r + 5/3 r²) e^(−√5 r), r² = Σ (Δ_j / ℓ_j)². Of a categorical dimension Δ is 1 where the
 * values differ (Hamming), else 0.
 */
export interface Kernel {
  /** 1 / ℓ_j² (d), ℓ in parts of the unit interval. */
  readonly inverseSquaredLengthscales: Float64Array;
  /** s: variance of the function, in the losses' own standardised units. */
  readonly signal: number;
  /** 1 where the dimension is categorical, else 0 (d). */
  readonly categorical: Uint8Array;
}

/** r² of row i of `x` and row j of `z`, both of d columns. */
export function squaredDistance(kernel: Kernel, x: Float64Array, i: number, z: Float64Array, j: number): number {
  const { inverseSquaredLengthscales, categorical } = kernel;
  const d = categorical.length;
  let sum = 0;
  for (let c = 0; c < d; c++)
    sum +=
      squaredDifference(x[i * d + c] as number, z[j * d + c] as number, categorical[c] as number) *
      (inverseSquaredLengthscales[c] as number);
  return sum;
}

/** Δ² of two coordinates. */
export function squaredDifference(a: number, b: number, categorical: number): number {
  if (categorical === 1) return a === b ? 0 : 1;
  return (a - b) * (a - b);
}

/** k at r². */
export function matern(signal: number, squared: number): number {
  const root = Math.sqrt(5 * squared);
  return signal * (1 + root + (root * root) / 3) * Math.exp(-root);
}

/** dk / d(r²) = −5/6 s (1 + √5 r) e^(−√5 r): finite where r is 0. */
export function maternSlope(signal: number, squared: number): number {
  const root = Math.sqrt(5 * squared);
  return (-5 / 6) * signal * (1 + root) * Math.exp(-root);
}
