/** The kernel parameters that explain best what was observed. */
import { inverse } from './cholesky.ts';
import { type Box, minimise } from './l-bfgs.ts';
import { maternSlope, squaredDifference, squaredDistance } from './matern.ts';
import { type Conditioned, condition, type Model, type Observations } from './model.ts';

/** Mean and deviation of a parameter's logarithm, which is normal; low and high of the range it is sought in. */
interface Prior {
  readonly mean: number;
  readonly deviation: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Of the d lengthscales, the signal and the noise. The lengthscales', which grow with √d as distances do, is that of
 * Hvarfner et al. 2024, "Vanilla Bayesian optimization performs great in high dimensions"; the others are weak, and hold
 * what little data would let go.
 */
function priorsOf(d: number): readonly Prior[] {
  const lengthscale = { mean: Math.SQRT2 + Math.log(d) / 2, deviation: Math.sqrt(3), low: 1e-3, high: 1e3 };
  const signal = { mean: 0, deviation: 1, low: 1e-3, high: 1e3 };
  const noise = { mean: Math.log(1e-5), deviation: 3, low: 1e-8, high: 1 };
  return [...Array.from({ length: d }, () => lengthscale), signal, noise];
}

/** The most probable parameters (MAP), from a fixed start: they hang on nothing but the observations. */
export function fit(observations: Observations, categorical: Uint8Array): Model {
  const d = categorical.length;
  const priors = priorsOf(d);
  const box: Box = {
    low: Float64Array.from(priors, ({ low }) => Math.log(low)),
    high: Float64Array.from(priors, ({ high }) => Math.log(high)),
  };
  const start = new Float64Array(d + 2).fill(Math.log(Math.sqrt(d) / 2), 0, d); // half the cube's diagonal
  start[d + 1] = Math.log(1e-4);
  const objective = (theta: Float64Array, gradient: Float64Array) =>
    negativeLogPosterior(theta, observations, categorical, gradient);
  return modelOf(minimise(objective, start, box, { iterations: 50, tolerance: 1e-3 }).x, categorical);
}

/** @param theta logarithms of the lengthscales (d), of the signal and of the noise */
export function modelOf(theta: Float64Array, categorical: Uint8Array): Model {
  const d = categorical.length;
  return {
    inverseSquaredLengthscales: theta.subarray(0, d).map((log) => Math.exp(-2 * log)),
    signal: Math.exp(theta[d] as number),
    noise: Math.exp(theta[d + 1] as number),
    categorical,
  };
}

/**
 * −log p(y | x, θ) p(θ) up to a constant (Rasmussen and Williams 2006, equation 5.8), and its slope in θ (d + 2) written
 * to `gradient`. The constant mean adds nothing to the slope: it is at its best, where its own slope is zero.
 */
export function negativeLogPosterior(
  theta: Float64Array,
  observations: Observations,
  categorical: Uint8Array,
  gradient: Float64Array,
): number {
  const model = modelOf(theta, categorical);
  const conditioned = condition(model, observations);
  if (conditioned === undefined) return Infinity;
  const n = observations.y.length;
  let value = conditioned.misfit / 2;
  for (let i = 0; i < n; i++) value += Math.log(conditioned.l[i * n + i] as number);
  likelihoodSlope(model, observations, conditioned, gradient);
  for (const [p, { mean, deviation }] of priorsOf(categorical.length).entries()) {
    const z = ((theta[p] as number) - mean) / deviation;
    value += (z * z) / 2;
    gradient[p] = (gradient[p] as number) + z / deviation;
  }
  return value;
}

/** ½ tr((K⁻¹ − α αᵀ) ∂K/∂θ) (equation 5.9); the signal's needs no loop, as s ∂K/∂s is K without the noise. */
function likelihoodSlope(model: Model, { x, y, noise }: Observations, at: Conditioned, gradient: Float64Array): void {
  const { signal, categorical, inverseSquaredLengthscales } = model;
  const [n, d] = [y.length, categorical.length];
  const precision = inverse(at.l, n);
  gradient.fill(0);
  let [trace, noisy] = [0, 0];
  for (let i = 0; i < n; i++) {
    const weight = at.weights[i] as number;
    const own = (precision[i * n + i] as number) - weight * weight;
    trace += own;
    noisy += own * (model.noise + (noise[i] as number));
    for (let j = 0; j < i; j++) {
      const pair = (precision[i * n + j] as number) - weight * (at.weights[j] as number);
      const slope = pair * maternSlope(signal, squaredDistance(model, x, i, x, j));
      for (let c = 0; c < d; c++)
        gradient[c] =
          (gradient[c] as number) +
          slope * squaredDifference(x[i * d + c] as number, x[j * d + c] as number, categorical[c] as number);
    }
  }
  for (let c = 0; c < d; c++) gradient[c] = -2 * (gradient[c] as number) * (inverseSquaredLengthscales[c] as number);
  gradient[d] = (n - at.misfit - noisy) / 2;
  gradient[d + 1] = (trace * model.noise) / 2;
}
