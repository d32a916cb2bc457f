/** The normal distribution that CMA-ES draws from, and what a generation's ranking makes of it. */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { Strategy } from './strategy.ts';

/** N(mean, step² covariance) with its evolution paths; all vectors of as many numbers as there are dimensions. */
export interface NormalDistribution {
  readonly mean: readonly number[];
  /** σ. */
  readonly step: number;
  /** C = B D² Bᵀ. */
  readonly covariance: Matrix;
  /** B: eigenvectors in its columns. */
  readonly axes: Matrix;
  /** D: standard deviations along the axes, before the step. */
  readonly scales: readonly number[];
  /** p_σ. */
  readonly stepPath: readonly number[];
  /** p_c. */
  readonly path: readonly number[];
  /** Updates so far. */
  readonly generation: number;
}

export function initialDistribution(mean: readonly number[], step: number): NormalDistribution {
  const zeros = mean.map(() => 0);
  const identity = Matrix.eye(mean.length);
  const scales = mean.map(() => 1);
  return { mean, step, covariance: identity, axes: identity, scales, stepPath: zeros, path: zeros, generation: 0 };
}

/** B D z, for the vector z: what a standard normal draw becomes, before step and mean. */
export function transformed({ axes, scales }: NormalDistribution, z: readonly number[]): readonly number[] {
  return axes.mmul(Matrix.columnVector(z.map((value, at) => value * (scales[at] ?? 0)))).to1DArray();
}

/** C^(-1/2) y = B D⁻¹ Bᵀ y. */
function whitened({ axes, scales }: NormalDistribution, y: readonly number[]): readonly number[] {
  const along = axes
    .transpose()
    .mmul(Matrix.columnVector([...y]))
    .to1DArray();
  return axes.mmul(Matrix.columnVector(along.map((value, at) => value / (scales[at] ?? 1)))).to1DArray();
}

/**
 * One generation on, by Hansen's tutorial (arXiv:1604.00772), equations 38 to 47.
 *
 * @param ranked points of the generation, best first; as many as `strategy.population`
 */
export function updated(
  from: NormalDistribution,
  strategy: Strategy,
  ranked: readonly (readonly number[])[],
): NormalDistribution {
  const { weights, effective, stepRate, stepDamping, pathRate, expectedLength, dimensions } = strategy;
  const generation = from.generation + 1;
  const steps = ranked.map((point) => withinReach(from, point));
  const best = weights.map((weight) => Math.max(0, weight));
  const move = from.mean.map((_, at) =>
    steps.reduce((sum, step, rank) => sum + (best[rank] ?? 0) * (step[at] ?? 0), 0),
  );
  const white = whitened(from, move);
  const stepPath = followed(from.stepPath, white, stepRate, effective);
  const relativeLength = length(stepPath) / expectedLength;
  const unbiased = relativeLength / Math.sqrt(1 - (1 - stepRate) ** (2 * generation));
  const stalled = unbiased >= 1.4 + 2 / (dimensions + 1); // h_σ = 0: the path waits while the step grows fast
  const path = followed(from.path, stalled ? move.map(() => 0) : move, pathRate, effective);
  const covariance = adapted(from, strategy, path, steps, stalled);
  return {
    mean: from.mean.map((value, at) => value + from.step * (move[at] ?? 0)),
    step: from.step * Math.exp(Math.min(1, (stepRate / stepDamping) * (relativeLength - 1))),
    ...decomposed(covariance),
    ...{ stepPath, path, generation },
  };
}

/**
 * (x − m) / σ, shortened where it is longer than a draw would be: the point may stem from an older distribution, as
 * parallel workers' do (Hansen, "Injecting External Solutions Into CMA-ES", arXiv:1110.4181, eq. 3).
 */
function withinReach(from: NormalDistribution, point: readonly number[]): readonly number[] {
  const step = point.map((value, at) => (value - (from.mean[at] ?? 0)) / from.step);
  const n = point.length;
  const reach = Math.sqrt(n) + (2 * n) / (n + 2);
  const distance = length(whitened(from, step));
  return distance > reach ? step.map((value) => (value * reach) / distance) : step;
}

/** A path that forgets at `rate` and goes on by `move`, its variance kept (eq. 43 and 45). */
function followed(
  path: readonly number[],
  move: readonly number[],
  rate: number,
  effective: number,
): readonly number[] {
  const gain = Math.sqrt(rate * (2 - rate) * effective);
  return path.map((value, at) => (1 - rate) * value + gain * (move[at] ?? 0));
}

/** Equations 46 and 47. */
function adapted(
  from: NormalDistribution,
  { weights, pathRate, rankOneRate, rankMuRate, dimensions }: Strategy,
  path: readonly number[],
  steps: readonly (readonly number[])[],
  stalled: boolean,
): Matrix {
  const lost = stalled ? pathRate * (2 - pathRate) : 0;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const covariance = Matrix.mul(from.covariance, 1 + rankOneRate * lost - rankOneRate - rankMuRate * total);
  covariance.add(outer(path).mul(rankOneRate));
  for (const [rank, step] of steps.entries()) {
    const weight = weights[rank] ?? 0;
    const scaled = weight >= 0 ? weight : (weight * dimensions) / (length(whitened(from, step)) ** 2 + 1e-12);
    covariance.add(outer(step).mul(rankMuRate * scaled));
  }
  return covariance;
}

/** With its eigenvectors and the roots of its eigenvalues; what rounding made negative or asymmetric is set right. */
export function decomposed(covariance: Matrix): Pick<NormalDistribution, 'covariance' | 'axes' | 'scales'> {
  const symmetric = Matrix.add(covariance, covariance.transpose()).mul(0.5);
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(symmetric, { assumeSymmetric: true });
  const floor = 1e-14 * Math.max(...realEigenvalues, Number.MIN_VALUE);
  return {
    covariance: symmetric,
    axes: eigenvectorMatrix,
    scales: realEigenvalues.map((value) => Math.sqrt(Math.max(value, floor))),
  };
}

function outer(vector: readonly number[]): Matrix {
  const column = Matrix.columnVector([...vector]);
  return column.mmul(column.transpose());
}

function length(vector: readonly number[]): number {
  return Math.hypot(...vector);
}
