/** The standard normal distribution. */

/**
 * ∫ from `from` to `to` of the standard normal density; taken on the side of the nearer tail, so that a mass far out is
 * right in its own size, too.
 */
export function normalMass(from: number, to: number): number {
  return from > 0 ? upperTail(from) - upperTail(to) : upperTail(-to) - upperTail(-from);
}

/**
 * 1 − Φ(x), with a relative error below 1.2e-7: Press et al., Numerical Recipes in C (2nd ed. 1992), §6.2, erfcc.
 */
export function upperTail(x: number): number {
  const z = Math.abs(x) * Math.SQRT1_2;
  const t = 1 / (1 + 0.5 * z);
  let sum = 0.17087277;
  for (const coefficient of erfcCoefficients) sum = coefficient + t * sum;
  const tail = 0.5 * t * Math.exp(-z * z + sum);
  return x >= 0 ? tail : 1 - tail;
}

const erfcCoefficients = [
  -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196, 1.00002368, -1.26551223,
];
