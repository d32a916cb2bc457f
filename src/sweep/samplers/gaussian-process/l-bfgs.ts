/**
 * Limited-memory BFGS in a box (Nocedal and Wright 2006, algorithm 7.4; bounds by gradient projection: a coordinate at a
 * bound that the gradient presses against stays there for the step).
 */
import { dot } from '../../../statistics/dot.ts';

/** The value at x, its gradient (d) written to `gradient`; Infinity where there is none. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number;

export interface Box {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

export interface Minimum {
  readonly x: Float64Array;
  readonly value: number;
}

interface Pair {
  readonly s: Float64Array;
  readonly y: Float64Array;
  readonly rho: number;
}

const memory = 8;

export interface Limits {
  readonly iterations: number;
  /** It ends with a step that gains less. */
  readonly tolerance: number;
}

/** Down from `start` (d, inside the box). */
export function minimise(objective: Objective, start: Float64Array, box: Box, limits: Limits): Minimum {
  const { iterations, tolerance } = limits;
  let x = start;
  let gradient: Float64Array = new Float64Array(x.length);
  let value = objective(x, gradient);
  const pairs: Pair[] = [];
  for (let iteration = 0; iteration < iterations; iteration++) {
    const direction = descent(x, gradient, box, pairs);
    const next = lineSearch(objective, x, value, gradient, direction, box, pairs.length === 0);
    if (next === undefined) {
      if (pairs.length === 0) break;
      pairs.length = 0; // the curvature misled: once more along the gradient
      continue;
    }
    const gain = value - next.value;
    remember(pairs, x, next.x, gradient, next.gradient);
    ({ x, value, gradient } = next);
    if (gain < tolerance) break;
  }
  return { x, value };
}

/** −H g over the coordinates that are free, by the two-loop recursion. */
function descent(x: Float64Array, gradient: Float64Array, { low, high }: Box, pairs: readonly Pair[]): Float64Array {
  const d = x.length;
  const held = x.map((at, j) => {
    const slope = gradient[j] as number;
    return (at <= (low[j] as number) && slope > 0) || (at >= (high[j] as number) && slope < 0) ? 1 : 0;
  });
  const q = gradient.map((slope, j) => (held[j] ? 0 : slope));
  const alphas: number[] = [];
  for (const { s, y, rho } of pairs.toReversed()) {
    const alpha = rho * dot(s, 0, q, 0, d);
    alphas.push(alpha);
    for (let j = 0; j < d; j++) q[j] = (q[j] as number) - alpha * (y[j] as number);
  }
  const last = pairs.at(-1);
  const scale = last === undefined ? 1 : 1 / (last.rho * dot(last.y, 0, last.y, 0, d));
  for (let j = 0; j < d; j++) q[j] = (q[j] as number) * scale;
  for (const { s, y, rho } of pairs) {
    const beta = (alphas.pop() as number) - rho * dot(y, 0, q, 0, d);
    for (let j = 0; j < d; j++) q[j] = (q[j] as number) + beta * (s[j] as number);
  }
  return q.map((value, j) => (held[j] ? 0 : -value));
}

/** Halves the step until it gains enough (Armijo); undefined where none does. */
function lineSearch(
  objective: Objective,
  x: Float64Array,
  value: number,
  slope: Float64Array,
  direction: Float64Array,
  { low, high }: Box,
  first: boolean,
) {
  const d = x.length;
  if (!(dot(slope, 0, direction, 0, d) < 0)) return undefined;
  const length = Math.sqrt(dot(direction, 0, direction, 0, d));
  const gradient = new Float64Array(d);
  // The gradient's length says nothing of how far to go: the first step goes a tenth of the box's side.
  let step = first ? Math.min(1, (0.1 * Math.max(...high.map((to, j) => to - (low[j] as number)))) / length) : 1;
  for (let halving = 0; halving < 20; halving++, step /= 2) {
    const next = x.map((at, j) =>
      Math.min(high[j] as number, Math.max(low[j] as number, at + step * (direction[j] as number))),
    );
    const moved = next.reduce((sum, to, j) => sum + (to - (x[j] as number)) * (slope[j] as number), 0);
    if (moved >= 0) continue;
    const reached = objective(next, gradient);
    if (reached <= value + 1e-4 * moved) return { x: next, value: reached, gradient };
  }
  return undefined;
}

function remember(pairs: Pair[], x: Float64Array, next: Float64Array, slope: Float64Array, nextSlope: Float64Array) {
  const s = next.map((to, j) => to - (x[j] as number));
  const y = nextSlope.map((to, j) => to - (slope[j] as number));
  const curvature = dot(s, 0, y, 0, s.length);
  if (curvature <= 1e-10 * dot(y, 0, y, 0, y.length)) return;
  pairs.push({ s, y, rho: 1 / curvature });
  if (pairs.length > memory) pairs.shift();
}
