/** What is minimised: common test functions of few dimensions, as in Surjanovic and Bingham's virtual library. */
import type { Point, SearchSpace } from '../../src/sweep/search-space.ts';

export interface TestFunction {
  readonly space: SearchSpace;
  /** Its least value. */
  readonly minimum: number;
  /** @param x one number for each dimension, inside the space */
  value(x: readonly number[]): number;
}

export const functions: Readonly<Record<string, TestFunction>> = {
  branin: { space: box([-5, 10], [0, 15]), minimum: 0.397887, value: branin },
  'hartmann-6': { space: box(...same(6, 0, 1)), minimum: -3.32237, value: hartmann6 },
  'rosenbrock-5': { space: box(...same(5, -5, 10)), minimum: 0, value: rosenbrock },
  'ackley-5': { space: box(...same(5, -32.768, 32.768)), minimum: 0, value: ackley },
};

/** The function's value where the sampler proposed. */
export function lossAt({ space, value }: TestFunction, point: Point): number {
  return value(space.map(({ name }) => point[name] as number));
}

function same(count: number, low: number, high: number): [number, number][] {
  return Array.from({ length: count }, () => [low, high]);
}

function box(...ranges: readonly [number, number][]): SearchSpace {
  return ranges.map(([low, high], at) => ({
    ...{ name: `x${at}`, when: {} },
    distribution: { kind: 'float', low, high, log: false },
  }));
}

function branin([x = 0, y = 0]: readonly number[]): number {
  const valley = y - (5.1 / (4 * Math.PI ** 2)) * x ** 2 + (5 / Math.PI) * x - 6;
  return valley ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10;
}

const hartmannWeights = [1, 1.2, 3, 3.2];
const hartmannScales = [
  [10, 3, 17, 3.5, 1.7, 8],
  [0.05, 10, 17, 0.1, 8, 14],
  [3, 3.5, 1.7, 10, 17, 8],
  [17, 8, 0.05, 10, 0.1, 14],
];
const hartmannCentres = [
  [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
  [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
  [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665],
  [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
];

function hartmann6(x: readonly number[]): number {
  const distance = (at: number) =>
    sum(x.map((value, axis) => (hartmannScales[at]?.[axis] ?? 0) * (value - (hartmannCentres[at]?.[axis] ?? 0)) ** 2));
  return -sum(hartmannWeights.map((weight, at) => weight * Math.exp(-distance(at))));
}

function rosenbrock(x: readonly number[]): number {
  return sum(x.slice(1).map((next, at) => 100 * (next - (x[at] ?? 0) ** 2) ** 2 + (1 - (x[at] ?? 0)) ** 2));
}

function ackley(x: readonly number[]): number {
  const spread = Math.sqrt(sum(x.map((value) => value ** 2)) / x.length);
  const waves = sum(x.map((value) => Math.cos(2 * Math.PI * value))) / x.length;
  return -20 * Math.exp(-0.2 * spread) - Math.exp(waves) + 20 + Math.E;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
