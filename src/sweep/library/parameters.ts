/** Parameters of a study, as programs write them. */
import type { JsonValue } from '../../pipeline/types.ts';
import type { Distribution } from '../search-space.ts';

/** A parameter's values, and where it is there at all. */
export interface Parameter<Value = unknown> {
  readonly distribution: Distribution;
  readonly when?: Readonly<Record<string, readonly JsonValue[]>>;
  /** For the compiler alone, which has the types of a trial's params from it; never there. */
  readonly value?: Value;
}

/** Where a parameter has a condition, it is absent from the points that do not meet it. */
export type Params = Readonly<Record<string, JsonValue | undefined>>;

/** From `low` to `high`, both among the values. */
export function float(
  low: number,
  high: number,
  { log = false, step }: { log?: boolean; step?: number } = {},
): Parameter<number> {
  return { distribution: { kind: 'float', low, high, log, ...(step === undefined ? {} : { step }) } };
}

/** Whole numbers from `low` to `high`, both among them. */
export function int(
  low: number,
  high: number,
  { log = false, step = 1 }: { log?: boolean; step?: number } = {},
): Parameter<number> {
  return { distribution: { kind: 'int', low, high, log, step } };
}

export function categorical<const Value extends JsonValue>(values: readonly Value[]): Parameter<Value> {
  return { distribution: { kind: 'categorical', values } };
}

/** The parameter where others have one of the values. */
export function when<Value>(
  conditions: Readonly<Record<string, readonly JsonValue[]>>,
  parameter: Parameter<Value>,
): Parameter<Value | undefined> {
  return { ...parameter, when: conditions };
}
