/** A Gaussian process with a constant mean: its parameters, and what they make of what was observed. */
import { dot } from '../../../statistics/dot.ts';
import { factorise, solveLower, solveUpper } from './cholesky.ts';
import { type Kernel, matern, squaredDistance } from './matern.ts';

export interface Observations {
  /** Inputs, n×d: parts of the unit interval, and of a categorical dimension the place of its value. */
  readonly x: Float64Array;
  /** Standardised losses (n). */
  readonly y: Float64Array;
  /** What is known of each one's variance (n), in the same units; 0 where nothing is. */
  readonly noise: Float64Array;
}

export interface Model extends Kernel {
  /** Variance of every observation beside what is known of it. */
  readonly noise: number;
}

export interface Conditioned {
  /** L of K = L Lᵀ, the covariance of the observations with their noise (n×n, lower triangle). */
  readonly l: Float64Array;
  /** The constant mean that explains y best: 1ᵀK⁻¹y / 1ᵀK⁻¹1. */
  readonly mean: number;
  /** α = K⁻¹ (y − mean) (n). */
  readonly weights: Float64Array;
  /** (y − mean)ᵀ α. */
  readonly misfit: number;
}

/** Rasmussen and Williams 2006, algorithm 2.1; undefined where the covariance is not positive definite in float64. */
export function condition(model: Model, observations: Observations): Conditioned | undefined {
  const n = observations.y.length;
  const l = covariance(model, observations);
  if (!factorise(l, n)) return undefined;
  const ones = solveLower(l, n, new Float64Array(n).fill(1));
  const whitened = solveLower(l, n, observations.y.slice());
  const mean = dot(ones, 0, whitened, 0, n) / dot(ones, 0, ones, 0, n);
  for (let i = 0; i < n; i++) whitened[i] = (whitened[i] as number) - mean * (ones[i] as number);
  const misfit = dot(whitened, 0, whitened, 0, n);
  return { l, mean, misfit, weights: solveUpper(l, n, whitened) };
}

function covariance(model: Model, { x, y, noise }: Observations): Float64Array {
  const n = y.length;
  const k = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) k[i * n + j] = matern(model.signal, squaredDistance(model, x, i, x, j));
    k[i * n + i] = model.signal + model.noise + (noise[i] as number);
  }
  return k;
}
