/** Parameters of a study, as programs write them. */
import type { JsonValue } from '../../pipeline/types.ts';
import type { Distribution } from '../search-space.ts';

/** A parameter's values, and where it is there at all. */
export interface Parameter {
  readonly distribution: Distribution;
  readonly when?: Readonly<Record<string, readonly JsonValue[]>>;
}

/** From `low` to `high`, both among the values. */
export function float(
  low: number,
  high: number,
  { log = false, step }: { log?: boolean; step?: number } = {},
): Parameter {
  return { distribution: { kind: 'float', low, high, log, ...(step === undefined ? {} : { step }) } };
}

/** Whole numbers from `low` to `high`, both among them. */
export function int(
  low: number,
  high: number,
  { log = false, step = 1 }: { log?: boolean; step?: number } = {},
): Parameter {
  return { distribution: { kind: 'int', low, high, log, step } };
}

export function categorical(values: readonly JsonValue[]): Parameter {
  return { distribution: { kind: 'categorical', values } };
}

/** The parameter where others have one of the values. */
export function when(conditions: Readonly<Record<string, readonly JsonValue[]>>, parameter: Parameter): Parameter {
  return { ...parameter, when: conditions };
}
