/** The model's mathematics against finite differences, numeric integration and a library's linear algebra. */
import { CholeskyDecomposition, inverse as inverseOf, Matrix } from 'ml-matrix';
import { describe, expect, test } from 'vitest';
import { randomStream } from '../../../src/random.ts';
import { factorise, inverse, solveLower, solveUpper } from '../../../src/sweep/samplers/gaussian-process/cholesky.ts';
import { logExpectedImprovement } from '../../../src/sweep/samplers/gaussian-process/expected-improvement.ts';
import { fit, modelOf, negativeLogPosterior } from '../../../src/sweep/samplers/gaussian-process/fit.ts';
import { minimise } from '../../../src/sweep/samplers/gaussian-process/l-bfgs.ts';
import type { Observations } from '../../../src/sweep/samplers/gaussian-process/model.ts';
import { posteriorOf } from '../../../src/sweep/samplers/gaussian-process/posterior.ts';

const stream = randomStream(1, 'model test');
const categorical = Uint8Array.of(0, 0, 1);
/** 14 points of two ranges and three categories. */
const x = Float64Array.from({ length: 14 * 3 }, (_, i) => (i % 3 === 2 ? stream.integer(0, 2) : stream.uniform()));
const y = Float64Array.from(
  { length: 14 },
  (_, i) => Math.sin(5 * (x[3 * i] as number)) + (x[3 * i + 1] as number) ** 2 + 0.5 * (x[3 * i + 2] as number) - 1,
);
const exact: Observations = { x, y, noise: new Float64Array(14) };
const noisy: Observations = { x, y, noise: Float64Array.from(y, (_, i) => 0.02 * i) };
const rowOf = (i: number) => x.slice(3 * i, 3 * i + 3);

/** Central differences of a function of d numbers. */
function differences(f: (at: Float64Array) => number, at: Float64Array, h = 1e-5): number[] {
  return [...at].map((value, j) => (f(at.with(j, value + h)) - f(at.with(j, value - h))) / (2 * h));
}

function expectClose(actual: Iterable<number>, expected: Iterable<number>, relative = 1e-5): void {
  const [a, b] = [[...actual], [...expected]];
  expect(a.length).toBe(b.length);
  for (const [i, value] of b.entries())
    expect(Math.abs((a[i] as number) - value), `${i}: ${a[i]} for ${value}`).toBeLessThan(
      relative * Math.max(1, Math.abs(value)),
    );
}

test('Cholesky factor, solutions and inverse are those of ml-matrix', () => {
  const n = 9;
  const root = Matrix.from1DArray(
    n,
    n,
    Array.from({ length: n * n }, () => stream.normal()),
  );
  const a = root.mmul(root.transpose()).add(Matrix.eye(n));
  const l = Float64Array.from(a.to1DArray());
  expect(factorise(l, n)).toBe(true);
  const lower = new CholeskyDecomposition(a).lowerTriangularMatrix;
  const below = (matrix: (i: number, j: number) => number) =>
    Array.from({ length: n * n }, (_, k) => (k % n <= Math.floor(k / n) ? matrix(Math.floor(k / n), k % n) : 0));
  expectClose(
    below((i, j) => l[i * n + j] as number),
    below((i, j) => lower.get(i, j)),
    1e-10,
  );
  const precision = inverseOf(a);
  expectClose(
    below((i, j) => inverse(l, n)[i * n + j] as number),
    below((i, j) => precision.get(i, j)),
    1e-10,
  );
  const b = Float64Array.from({ length: n }, () => stream.normal());
  const solution = solveUpper(l, n, solveLower(l, n, b.slice()));
  expectClose(a.mmul(Matrix.columnVector(solution)).to1DArray(), b, 1e-9);
  expect(factorise(Float64Array.of(1, 2, 2, 1), 2)).toBe(false);
});

describe('kernel parameters', () => {
  test.each([
    ['exact', exact],
    ['noisy', noisy],
  ])('the slope of the posterior density equals finite differences (%s losses)', (_, observations) => {
    for (const theta of [
      [-0.5, 0.3, 0.2, 0.1, -4],
      [-1.5, 1, 1, -1, -2],
    ].map((values) => Float64Array.from(values))) {
      const gradient = new Float64Array(5);
      negativeLogPosterior(theta, observations, categorical, gradient);
      const value = (at: Float64Array) => negativeLogPosterior(at, observations, categorical, new Float64Array(5));
      expectClose(gradient, differences(value, theta));
    }
  });

  test('those fitted are a minimum of it', () => {
    const fitted = fit(noisy, categorical);
    const theta = Float64Array.of(
      ...[...fitted.inverseSquaredLengthscales].map((value) => -0.5 * Math.log(value)),
      Math.log(fitted.signal),
      Math.log(fitted.noise),
    );
    const gradient = new Float64Array(5);
    const least = negativeLogPosterior(theta, noisy, categorical, gradient);
    for (const [j, value] of theta.entries())
      for (const step of [-0.3, 0.3]) {
        const moved = negativeLogPosterior(theta.with(j, value + step), noisy, categorical, gradient);
        expect(moved).toBeGreaterThan(least - 1e-3);
      }
  });
});

describe('posterior', () => {
  const model = modelOf(Float64Array.of(-1, -0.5, 0.5, 0.2, Math.log(1e-9)), categorical);

  test('goes through what was observed, sure of it, and is unsure elsewhere', () => {
    const posterior = posteriorOf(model, exact);
    for (const [i, loss] of y.entries()) {
      const { mean, deviation } = posterior.at(rowOf(i));
      expect(mean).toBeCloseTo(loss, 5);
      expect(deviation).toBeLessThan(1e-3);
    }
    expect(posterior.at(Float64Array.of(3, 3, 1)).deviation).toBeGreaterThan(0.9);
  });

  test('trusts a loss the less the greater its known noise', () => {
    const distances = [0, 0.1, 1, 10].map((variance) => {
      const { mean } = posteriorOf(model, { x, y, noise: exact.noise.with(3, variance) }).at(rowOf(3));
      return Math.abs(mean - (y[3] as number));
    });
    expect(distances).toEqual(distances.toSorted((a, b) => a - b));
    expect(distances[3]).toBeGreaterThan(10 * (distances[0] as number));
  });

  test('its slopes equal finite differences', () => {
    const posterior = posteriorOf(model, noisy);
    const at = Float64Array.of(0.41, 0.77, 1);
    const { mean, deviation, meanSlope, deviationSlope } = posterior.slopesAt(at);
    expect({ mean, deviation }).toEqual({ mean: posterior.at(at).mean, deviation: posterior.at(at).deviation });
    const ranges = (slopes: Iterable<number>) => [...slopes].slice(0, 2); // a category has no slope
    expectClose(ranges(meanSlope), ranges(differences((to) => posterior.at(to).mean, at)));
    expectClose(ranges(deviationSlope), ranges(differences((to) => posterior.at(to).deviation, at)));
  });

  test('takes points that coincide', () => {
    const twice: Observations = {
      x: Float64Array.of(...x, ...x),
      y: Float64Array.of(...y, ...y),
      noise: new Float64Array(28),
    };
    const sure = modelOf(Float64Array.of(3, 3, 3, 0, Math.log(1e-18)), categorical);
    expect(Number.isFinite(posteriorOf(sure, twice).at(rowOf(0)).mean)).toBe(true);
  });
});

describe('logarithm of the expected improvement', () => {
  /** ∫ (best − f) p(f) df over f < best, by Simpson's rule. */
  function integrated(best: number, mean: number, deviation: number): number {
    const [from, steps] = [Math.min(best, mean) - 12 * deviation, 8000];
    const h = (best - from) / steps;
    const value = (f: number) => (best - f) * Math.exp(-0.5 * ((f - mean) / deviation) ** 2);
    const sum = Array.from({ length: steps + 1 }, (_, i) => {
      const weight = i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2;
      return weight * value(from + i * h);
    }).reduce((total, part) => total + part, 0);
    return (sum * h) / 3 / (deviation * Math.sqrt(2 * Math.PI));
  }

  test('equals its definition', () => {
    for (const z of [-6, -3, -1.001, -1, -0.999, -0.2, 0, 0.7, 0.999, 1, 1.001, 2, 5])
      for (const deviation of [0.3, 2])
        expect(logExpectedImprovement(0.5, 0.5 - z * deviation, deviation).value, `z = ${z}`).toBeCloseTo(
          Math.log(integrated(0.5, 0.5 - z * deviation, deviation)),
          7,
        );
  });

  test('has its asymptote where the improvement itself is no number any more', () => {
    for (const z of [-50, -1e3, -1e6]) {
      const asymptote = -0.5 * z * z - 0.5 * Math.log(2 * Math.PI) - 2 * Math.log(-z) + Math.log1p(-3 / (z * z));
      expectClose([logExpectedImprovement(0, -z, 1).value], [asymptote], 1e-7);
    }
  });

  test('its slopes equal finite differences', () => {
    for (const z of [-30, -4, -0.5, 0.5, 4]) {
      const { byMean, byDeviation } = logExpectedImprovement(0, -z, 0.8);
      const value = (at: Float64Array) => logExpectedImprovement(0, at[0] as number, at[1] as number).value;
      expectClose([byMean, byDeviation], differences(value, Float64Array.of(-z, 0.8)));
    }
  });
});

test('L-BFGS comes to the minimum of a valley, and to the edge of a box in front of it', () => {
  const valley = (at: Float64Array, gradient: Float64Array) => {
    const [a, b] = [at[0] as number, at[1] as number];
    gradient.set([-2 * (1 - a) - 400 * a * (b - a * a), 200 * (b - a * a)]);
    return (1 - a) ** 2 + 100 * (b - a * a) ** 2;
  };
  const limits = { iterations: 200, tolerance: 1e-14 };
  const box = (high: number) => ({ low: Float64Array.of(-2, -2), high: Float64Array.of(high, 2) });
  expectClose(minimise(valley, Float64Array.of(-1.2, 1), box(2), limits).x, [1, 1], 1e-4);
  expectClose(minimise(valley, Float64Array.of(-1.2, 1), box(0.5), limits).x, [0.5, 0.25], 1e-4);
});
