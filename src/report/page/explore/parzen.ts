/**
 * The density of counted values on their grid: a kernel at each point that has some, weighted by how many, and a wide one
 * for what was not tried. Bandwidth by Scott's rule (Scott, "Multivariate Density Estimation", 1992), as in Optuna's
 * `ScottParzenEstimator`.
 */

/** @param counts `[points]`, not all zero; returns `[points]`, which sum to 1 */
export function parzenOf(counts: Float64Array, isNumeric: boolean): Float64Array {
  return isNumeric ? ofNumbers(counts) : ofCategories(counts);
}

/** Weight of the kernel that is everywhere. */
const priorWeight = 1;

function ofCategories(counts: Float64Array): Float64Array {
  const total = sumOf(counts);
  const kernels = counts.filter((count) => count > 0).length + 1;
  const elsewhere = priorWeight / kernels;
  const whole = 1 + counts.length * elsewhere;
  const prior = priorWeight / counts.length;
  return counts.map((count) => ((total * elsewhere + count) / whole + prior) / (total + priorWeight));
}

function ofNumbers(counts: Float64Array): Float64Array {
  const size = counts.length;
  const total = sumOf(counts);
  const density = new Float64Array(size);
  const sigma = Math.max(bandwidthOf(counts, total), 0.5 / 1.64);
  const add = (weight: number, mu: number, width: number) => {
    const below = (edge: number) => normalBelow((edge - mu) / width);
    const edges = Array.from({ length: size + 1 }, (_, edge) => below(edge - 0.5));
    const inside = (edges[size] ?? 0) - (edges[0] ?? 0);
    for (let at = 0; at < size; at++)
      density[at] = (density[at] ?? 0) + (weight * ((edges[at + 1] ?? 0) - (edges[at] ?? 0))) / inside;
  };
  counts.forEach((count, at) => {
    if (count > 0) add(count / (total + priorWeight), at, sigma);
  });
  add(priorWeight / (total + priorWeight), (size - 1) / 2, size);
  return density;
}

function bandwidthOf(counts: Float64Array, total: number): number {
  const points = [...counts.keys()].filter((at) => (counts[at] ?? 0) > 0);
  const weight = (at: number) => counts[at] ?? 0;
  const mean = points.reduce((sum, at) => sum + at * weight(at), 0) / total;
  const squares = points.reduce((sum, at) => sum + (at - mean) ** 2 * weight(at), 0);
  const deviation = Math.sqrt(squares / Math.max(1, total - 1));
  let counted = 0;
  const cumulated = points.map((at) => {
    counted += weight(at);
    return counted;
  });
  const first = points[cumulated.findIndex((sum) => sum >= Math.floor(total / 4))] ?? 0;
  const beyond = cumulated.findIndex((sum) => sum > Math.floor((total * 3) / 4));
  const third = points[beyond < 0 ? points.length - 1 : beyond] ?? 0;
  return 1.059 * Math.min((third - first) / 1.34, deviation) * total ** -0.2;
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** Share of a normal distribution below so many deviations, by the series of the error function: all its terms are positive. */
function normalBelow(deviations: number): number {
  const x = Math.abs(deviations) / Math.SQRT2;
  if (x > 6) return deviations < 0 ? 0 : 1;
  let [term, sum] = [x, x];
  for (let n = 1; term > 1e-17 * sum; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  const half = (sum * Math.exp(-x * x)) / Math.sqrt(Math.PI);
  return deviations < 0 ? 0.5 - half : 0.5 + half;
}
