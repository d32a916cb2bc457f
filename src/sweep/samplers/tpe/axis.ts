/** A dimension as Parzen estimators see it: its values have codes, the number of a choice or a place in [0, 1]. */
import { canonicalJson } from '../../../hash.ts';
import type { JsonValue } from '../../../pipeline/types.ts';
import { type Dimension, type NumericDistribution, sizeOf } from '../../search-space.ts';
import { fromUnit, toUnit } from '../../unit-interval.ts';

export interface Axis {
  readonly name: string;
  /** How many values a categorical one has; 0 for a range. */
  readonly choices: number;
  /** Undefined for what is no value of it. */
  code(value: JsonValue | undefined): number | undefined;
  value(code: number): JsonValue;
  /** Of a range, the code of the value nearest to a place. */
  nearest(place: number): number;
  /** Of a range, the part of [0, 1] that a value stands for; from = to on a continuous scale. */
  part(code: number): readonly [from: number, to: number];
}

export function axisOf({ name, distribution }: Dimension): Axis {
  if (distribution.kind === 'categorical') return choiceAxis(name, distribution.values);
  return { name, choices: 0, ...codesIn(distribution), ...partsOf(distribution) };
}

function choiceAxis(name: string, values: readonly JsonValue[]): Axis {
  const codes = new Map(values.map((value, at) => [keyOf(value), at]));
  return {
    ...{ name, choices: values.length },
    code: (value) => (value === undefined ? undefined : codes.get(keyOf(value))),
    value: (code) => structuredClone(values[code] ?? null),
    nearest: (place) => place,
    part: (code) => [code, code],
  };
}

/** A scalar is its own key, which is quicker than its text. */
function keyOf(value: JsonValue): unknown {
  return typeof value === 'object' && value !== null ? canonicalJson(value) : value;
}

function codesIn(range: NumericDistribution): Pick<Axis, 'code' | 'value'> {
  return {
    code(value) {
      if (typeof value !== 'number' || value < range.low || value > range.high) return undefined;
      const place = toUnit(range, value);
      return Number.isNaN(place) ? 0.5 : Math.min(1, Math.max(0, place)); // a range of one value has no width
    },
    value: (place) => fromUnit(range, place),
  };
}

function partsOf(range: NumericDistribution): Pick<Axis, 'nearest' | 'part'> {
  const cells = sizeOf(range);
  if (cells < Infinity) {
    const cellAt = (place: number) => Math.min(cells - 1, Math.floor(place * cells));
    return {
      nearest: (place) => (cellAt(place) + 0.5) / cells,
      part: (place) => [cellAt(place) / cells, (cellAt(place) + 1) / cells],
    };
  }
  if (range.kind === 'float') return { nearest: (place) => place, part: (place) => [place, place] };
  return {
    nearest: (place) => toUnit(range, fromUnit(range, place)),
    part(place) {
      const whole = fromUnit(range, place) as number;
      return [toUnit(range, whole - 0.5), toUnit(range, whole + 0.5)];
    },
  };
}
