/** What is searched: params by dotted name, the values each may take, and when each is there at all. */
import { canonicalJson } from '../hash.ts';
import type { JsonValue } from '../pipeline/types.ts';

export interface CategoricalDistribution {
  readonly kind: 'categorical';
  readonly values: readonly JsonValue[];
}

/** Numbers between two ends, both among them. */
interface Range {
  readonly low: number;
  readonly high: number;
  /** Even in the logarithm of the value. */
  readonly log: boolean;
}

/** A float of a `step`, or an int, is low, low + step, low + 2 step, …; on a log scale the nearest of them. */
export type NumericDistribution =
  | ({ readonly kind: 'float'; readonly step?: number } & Range)
  | ({ readonly kind: 'int'; readonly step: number } & Range);

export type Distribution = CategoricalDistribution | NumericDistribution;

export interface Dimension {
  readonly name: string;
  readonly distribution: Distribution;
  /** Other dimension → values of it under which this one is there. */
  readonly when: Readonly<Record<string, readonly JsonValue[]>>;
}

/** A dimension stands behind those it is conditional on. */
export type SearchSpace = readonly Dimension[];

/** A value for each dimension that is there. */
export type Point = Readonly<Record<string, JsonValue>>;

/** Whether the dimension is there, given the values of those before it. */
export function isActive(dimension: Dimension, point: Point): boolean {
  return Object.entries(dimension.when).every(([name, values]) => {
    const value = point[name];
    return value !== undefined && values.some((allowed) => canonicalJson(allowed) === canonicalJson(value));
  });
}

/** Whether the point has a value of its distribution for each dimension that is there, and for no other. */
export function contains(space: SearchSpace, point: Point): boolean {
  const active = space.filter((dimension) => isActive(dimension, point));
  const names = new Set(active.map(({ name }) => name));
  return (
    Object.keys(point).every((name) => names.has(name)) &&
    active.every(({ name, distribution }) => name in point && holds(distribution, point[name] as JsonValue))
  );
}

function holds(distribution: Distribution, value: JsonValue): boolean {
  if (distribution.kind === 'categorical')
    return distribution.values.some((allowed) => canonicalJson(allowed) === canonicalJson(value));
  if (typeof value !== 'number' || value < distribution.low || value > distribution.high) return false;
  const { low, step } = distribution;
  return step === undefined || value === stepped(low, step, Math.round((value - low) / step));
}

/** How many values it has; Infinity for a range without steps, and for a log scale, which has none that are alike. */
export function sizeOf(distribution: Distribution): number {
  if (distribution.kind === 'categorical') return distribution.values.length;
  const { low, high, log, step } = distribution;
  return step === undefined || log ? Infinity : stepsIn(low, high, step) + 1;
}

/** It has one value: nothing is chosen. */
export function isFixed({ distribution }: Dimension): boolean {
  return sizeOf(distribution) === 1;
}

/** How many whole steps lie between two ends, whatever the last digits of a fraction. */
export function stepsIn(low: number, high: number, step: number): number {
  return Math.floor((high - low) / step + 1e-9);
}

/** Every value of a finite distribution, in order; undefined for a range without steps. */
export function valuesOf(distribution: Distribution): readonly JsonValue[] | undefined {
  if (distribution.kind === 'categorical') return distribution.values;
  const { low, step } = distribution;
  const count = sizeOf(distribution);
  if (step === undefined || count === Infinity) return undefined;
  return Array.from({ length: count }, (_, at) => stepped(low, step, at));
}

/** low + at·step with the digits a person would write: 0.1 + 2·0.1 is 0.3, and -0.3 + 3·0.1 is 0. */
export function stepped(low: number, step: number, at: number): number {
  const digits = Math.min(100, Math.max(decimalsOf(low), decimalsOf(step)));
  return Number((low + at * step).toFixed(digits)) + 0; // + 0: no negative zero
}

/** Digits behind the point: 2 for 0.05, 7 for 1e-7. */
function decimalsOf(value: number): number {
  const [digits = '', exponent = '0'] = String(value).split('e');
  return Math.max(0, (digits.split('.')[1]?.length ?? 0) - Number(exponent));
}

/** Points are the same when they set the same values. */
export function pointKey(point: Point): string {
  return canonicalJson(point);
}
