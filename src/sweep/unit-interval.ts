/** Values of a distribution as parts of the unit interval, so that a uniform number in it is a draw. */

import { canonicalJson } from '../hash.ts';
import type { JsonValue } from '../pipeline/types.ts';
import { type Distribution, sizeOf, stepped, stepsIn } from './search-space.ts';

/** The value whose part of [0, 1] holds `unit`; what lies outside is taken for the nearest end. */
export function fromUnit(distribution: Distribution, unit: number): JsonValue {
  const within = Math.min(1, Math.max(0, unit));
  const cells = cellsOf(distribution);
  if (cells !== undefined) return valueOfCell(distribution, Math.min(cells - 1, Math.floor(within * cells)));
  const { low, high, log, step } = distribution as Exclude<Distribution, { kind: 'categorical' }>;
  const [from, to] = scaleOf(distribution);
  const value = from + (to - from) * within;
  const drawn = log ? Math.exp(value) : value;
  if (step === undefined) return Math.min(high, Math.max(low, drawn));
  return stepped(low, step, Math.min(stepsIn(low, high, step), Math.max(0, Math.round((drawn - low) / step))));
}

/** The middle of the value's part, and of a range without steps the value's own place: {@link fromUnit} leads back. */
export function toUnit(distribution: Distribution, value: JsonValue): number {
  const cells = cellsOf(distribution);
  if (cells !== undefined) return (cellOf(distribution, value) + 0.5) / cells;
  const { log } = distribution as Exclude<Distribution, { kind: 'categorical' }>;
  const [from, to] = scaleOf(distribution);
  return ((log ? Math.log(value as number) : (value as number)) - from) / (to - from);
}

/** Into how many equal parts the interval falls; undefined for a continuous scale, and for steps on a log scale. */
function cellsOf(distribution: Distribution): number | undefined {
  const size = sizeOf(distribution);
  return size === Infinity ? undefined : size;
}

/** The ends of the scale: its logarithms where it is one of logarithms; each step has the share around it. */
function scaleOf(distribution: Distribution): readonly [number, number] {
  const { low, high, log, step } = distribution as Exclude<Distribution, { kind: 'categorical' }>;
  if (!log) return [low, high];
  if (step === undefined) return [Math.log(low), Math.log(high)];
  return [Math.log(low - step / 2), Math.log(stepped(low, step, stepsIn(low, high, step)) + step / 2)];
}

function valueOfCell(distribution: Distribution, at: number): JsonValue {
  if (distribution.kind === 'categorical') return distribution.values[at] ?? null;
  return stepped(distribution.low, distribution.step ?? 1, at);
}

function cellOf(distribution: Distribution, value: JsonValue): number {
  if (distribution.kind === 'categorical') {
    const key = canonicalJson(value);
    return distribution.values.findIndex((allowed) => canonicalJson(allowed) === key);
  }
  return Math.round(((value as number) - distribution.low) / (distribution.step ?? 1));
}
