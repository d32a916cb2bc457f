/** The constants of CMA-ES for so many dimensions and so large a generation. */

/** Names as in Hansen, "The CMA Evolution Strategy: A Tutorial" (arXiv:1604.00772), table 1. */
export interface Strategy {
  readonly dimensions: number;
  /** λ: trials of a generation. */
  readonly population: number;
  /** w: by rank, best first; the first sum up to 1, those behind are negative ("active" CMA-ES). */
  readonly weights: readonly number[];
  /** μ_eff: how many equally weighted trials the positive weights are worth. */
  readonly effective: number;
  readonly stepRate: number;
  readonly stepDamping: number;
  readonly pathRate: number;
  readonly rankOneRate: number;
  readonly rankMuRate: number;
  /** χ_N = E‖N(0, I)‖. */
  readonly expectedLength: number;
}

/** λ = 4 + ⌊3 ln d⌋ (eq. 48). */
export function defaultPopulation(dimensions: number): number {
  return 4 + Math.floor(3 * Math.log(dimensions));
}

/** Equations 49 to 58 and 35, of the second version (2023). */
export function strategyOf(dimensions: number, population: number): Strategy {
  const n = dimensions;
  const raw = Array.from({ length: population }, (_, at) => Math.log((population + 1) / 2) - Math.log(at + 1));
  const parents = Math.floor(population / 2);
  const effective = effectiveCount(raw.slice(0, parents));
  const stepRate = (effective + 2) / (n + effective + 5);
  const rankOneRate = 2 / ((n + 1.3) ** 2 + effective);
  const rankMuRate = Math.min(
    1 - rankOneRate,
    (2 * (0.25 + effective + 1 / effective - 2)) / ((n + 2) ** 2 + effective),
  );
  return {
    ...{ dimensions, population, effective, stepRate, rankOneRate, rankMuRate },
    weights: activeWeights(raw, parents, n, rankOneRate, rankMuRate),
    stepDamping: 1 + 2 * Math.max(0, Math.sqrt((effective - 1) / (n + 1)) - 1) + stepRate,
    pathRate: (4 + effective / n) / (n + 4 + (2 * effective) / n),
    expectedLength: Math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n)),
  };
}

/** Equation 53: negative weights no larger than keep the covariance positive definite. */
function activeWeights(
  raw: readonly number[],
  parents: number,
  n: number,
  rankOneRate: number,
  rankMuRate: number,
): readonly number[] {
  const positive = sum(raw.filter((weight) => weight > 0));
  const negative = -sum(raw.filter((weight) => weight < 0));
  const behind = effectiveCount(raw.slice(parents));
  const limit = Math.min(
    1 + rankOneRate / rankMuRate,
    1 + (2 * behind) / (effectiveCount(raw.slice(0, parents)) + 2),
    (1 - rankOneRate - rankMuRate) / (n * rankMuRate),
  );
  return raw.map((weight) => (weight >= 0 ? weight / positive : (weight * limit) / negative));
}

function effectiveCount(weights: readonly number[]): number {
  return sum(weights) ** 2 / sum(weights.map((weight) => weight ** 2));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
