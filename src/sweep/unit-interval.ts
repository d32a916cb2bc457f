/** Values of a distribution as parts of the unit interval, so that a uniform number in it is a draw. */

import { canonicalJson } from '../hash.ts';
import type { JsonValue } from '../pipeline/types.ts';
import {
  type Dimension,
  type Distribution,
  isActive,
  type NumericDistribution,
  type Point,
  type SearchSpace,
  sizeOf,
  stepped,
  stepsIn,
} from './search-space.ts';

/** The point of one number in [0, 1] for each dimension; asked only for those that are there. */
export function pointFrom(space: SearchSpace, unitOf: (dimension: Dimension, at: number) => number): Point {
  const point: Record<string, JsonValue> = {};
  for (const [at, dimension] of space.entries())
    if (isActive(dimension, point)) point[dimension.name] = fromUnit(dimension.distribution, unitOf(dimension, at));
  return point;
}

/** The value whose part of [0, 1] holds `unit`; what lies outside is taken for the nearest end. */
export function fromUnit(distribution: Distribution, unit: number): JsonValue {
  const within = Math.min(1, Math.max(0, unit));
  const cells = sizeOf(distribution);
  const cell = Math.min(cells - 1, Math.floor(within * cells));
  if (distribution.kind === 'categorical') return distribution.values[cell] ?? null;
  const { low, high, log, step = 1 } = distribution;
  if (cells < Infinity) return stepped(low, step, cell);
  const [from, to] = scaleOf(distribution);
  const value = from + (to - from) * within;
  const drawn = log ? Math.exp(value) : value;
  if (distribution.step === undefined) return Math.min(high, Math.max(low, drawn));
  return stepped(low, step, Math.min(stepsIn(low, high, step), Math.max(0, Math.round((drawn - low) / step))));
}

/** The middle of the value's part, and of a range without steps the value's own place: {@link fromUnit} leads back. */
export function toUnit(distribution: Distribution, value: JsonValue): number {
  const cells = sizeOf(distribution);
  if (distribution.kind === 'categorical') return (placeAmong(distribution.values, value) + 0.5) / cells;
  const number = value as number;
  const { low, log, step = 1 } = distribution;
  if (cells < Infinity) return (Math.round((number - low) / step) + 0.5) / cells;
  const [from, to] = scaleOf(distribution);
  return ((log ? Math.log(number) : number) - from) / (to - from);
}

function placeAmong(values: readonly JsonValue[], value: JsonValue): number {
  const key = canonicalJson(value);
  return values.findIndex((allowed) => canonicalJson(allowed) === key);
}

/** The ends of the scale: its logarithms where it is one of logarithms; each step has the share around it. */
function scaleOf({ low, high, log, step }: NumericDistribution): readonly [number, number] {
  if (!log) return [low, high];
  if (step === undefined) return [Math.log(low), Math.log(high)];
  return [Math.log(low - step / 2), Math.log(stepped(low, step, stepsIn(low, high, step)) + step / 2)];
}
