/** What the model expects at a point, and how sure it is, after what was observed. */
import { dot } from '../../../statistics/dot.ts';
import { solveLower, solveUpper } from './cholesky.ts';
import { matern, maternSlope, squaredDistance } from './matern.ts';
import { type Conditioned, condition, type Model, type Observations } from './model.ts';

/** Mean and standard deviation of the function, without noise. */
export interface Prediction {
  readonly mean: number;
  readonly deviation: number;
}

/** Their slopes in the point's coordinates (d), too; of a categorical one they mean nothing. */
export interface SlopedPrediction extends Prediction {
  readonly meanSlope: Float64Array;
  readonly deviationSlope: Float64Array;
}

export interface Posterior {
  /** @param input as the observations' (d) */
  at(input: Float64Array): Prediction;
  slopesAt(input: Float64Array): SlopedPrediction;
}

/** Rasmussen and Williams 2006, equations 2.25 and 2.26. */
export function posteriorOf(model: Model, observations: Observations): Posterior {
  const conditioned = steadied(model, observations);
  return {
    at: (input) => predict(model, observations, conditioned, input),
    slopesAt: (input) => predictSlopes(model, observations, conditioned, input),
  };
}

/** Points that almost coincide need more noise than was fitted before float64 can tell their covariance's root. */
function steadied(model: Model, observations: Observations): Conditioned {
  for (let noise = model.noise; noise < 1e3 * model.signal; noise *= 10) {
    const conditioned = condition({ ...model, noise }, observations);
    if (conditioned !== undefined) return conditioned;
  }
  throw new Error('the covariance of what was observed is not positive definite');
}

function predict(
  model: Model,
  { x, y }: Observations,
  { l, mean: constant, weights }: Conditioned,
  input: Float64Array,
) {
  const n = y.length;
  const k = new Float64Array(n);
  for (let i = 0; i < n; i++) k[i] = matern(model.signal, squaredDistance(model, x, i, input, 0));
  const mean = constant + dot(k, 0, weights, 0, n);
  const whitened = solveLower(l, n, k);
  const variance = model.signal - dot(whitened, 0, whitened, 0, n);
  return { mean, deviation: Math.sqrt(Math.max(1e-12 * model.signal, variance)), whitened };
}

function predictSlopes(model: Model, observations: Observations, conditioned: Conditioned, input: Float64Array) {
  const { signal, inverseSquaredLengthscales } = model;
  const { x, y } = observations;
  const [n, d] = [y.length, input.length];
  const { mean, deviation, whitened } = predict(model, observations, conditioned, input);
  const gain = solveUpper(conditioned.l, n, whitened); // K⁻¹ k
  const [meanSlope, deviationSlope] = [new Float64Array(d), new Float64Array(d)];
  for (let i = 0; i < n; i++) {
    const slope = 2 * maternSlope(signal, squaredDistance(model, x, i, input, 0));
    for (let c = 0; c < d; c++) {
      const away = (input[c] as number) - (x[i * d + c] as number);
      const byInput = slope * away * (inverseSquaredLengthscales[c] as number);
      meanSlope[c] = (meanSlope[c] as number) + byInput * (conditioned.weights[i] as number);
      deviationSlope[c] = (deviationSlope[c] as number) - (byInput * (gain[i] as number)) / deviation;
    }
  }
  return { mean, deviation, meanSlope, deviationSlope };
}
