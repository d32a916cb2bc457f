/**
 * Logarithm of the expected improvement (Ament et al. 2023, "Unexpected improvements to expected improvement", section
 * 4.1), which still has a slope where the improvement itself is too small for a number.
 */
export interface LogExpectedImprovement {
  readonly value: number;
  /** Slope in the mean, and in the standard deviation. */
  readonly byMean: number;
  readonly byDeviation: number;
}

/** log E[max(0, best − f)] of f normal with this mean and standard deviation > 0; the smaller f, the better. */
export function logExpectedImprovement(best: number, mean: number, deviation: number): LogExpectedImprovement {
  const z = (best - mean) / deviation;
  const [log, slope] = logH(z);
  return {
    value: log + Math.log(deviation),
    byMean: -slope / deviation,
    byDeviation: (1 - slope * z) / deviation,
  };
}

/**
 * log h and its slope Φ / h, of h(z) = φ(z) + z Φ(z). Below −1, with the Mills ratio Φ(z) / φ(z) = 1 / (t + q) of t = −z,
 * h is φ q / (t + q): nothing is lost by subtraction.
 */
function logH(z: number): readonly [number, number] {
  const density = Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
  if (z < -1) {
    const q = millsFraction(-z);
    return [-0.5 * z * z - 0.5 * Math.log(2 * Math.PI) + Math.log(q / (q - z)), 1 / q];
  }
  const below = z > 1 ? 1 - density / (z + millsFraction(z)) : 0.5 + density * series(z);
  const h = density + z * below;
  return [Math.log(h), below / h];
}

/** q = 1 / (t + 2 / (t + 3 / (t + …))) of t ≥ 1: Laplace's continued fraction, 1 / (t + q) the Mills ratio. */
function millsFraction(t: number): number {
  let tail = t;
  for (let k = Math.ceil(10 + 150 / (t * t)); k >= 1; k--) tail = t + (k + 1) / tail;
  return 1 / tail;
}

/** z + z³/3 + z⁵/15 + …, which times φ(z) is Φ(z) − 1/2 (Marsaglia 2004); |z| ≤ 1. */
function series(z: number): number {
  let [sum, term] = [z, z];
  for (let k = 3; Math.abs(term) > 1e-17; k += 2) {
    term *= (z * z) / k;
    sum += term;
  }
  return sum;
}
