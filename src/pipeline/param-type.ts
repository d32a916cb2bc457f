/** Types of params: a declared one is kept by every value that replaces the default. */
import { unreachable } from '../errors.ts';
import { isForbiddenKey } from './forbidden-keys.ts';
import { isMap } from './param-tree.ts';
import type { JsonValue } from './types.ts';

/** `open map`: declared as `{}`, it takes any keys. `any`: null in a recorded config. `file`: a path. */
export type ParamType = 'integer' | 'number' | 'string' | 'boolean' | 'list' | 'file' | 'map' | 'open map' | 'any';

/** @param written its text in the file, where there is one: `0.0` is a number, `0` an integer */
export function typeOf(value: Exclude<JsonValue, null>, written: string | undefined): ParamType {
  switch (typeof value) {
    case 'number':
      return Number.isInteger(value) && isWhole(written) ? 'integer' : 'number';
    case 'string':
      return 'string';
    case 'boolean':
      return 'boolean';
    default:
      if (!isMap(value)) return 'list';
      return Object.keys(value).length === 0 ? 'open map' : 'map';
  }
}

/** Whether a value other than null is of the type; an integer is a number. */
export function fits(type: ParamType, value: Exclude<JsonValue, null>): boolean {
  switch (type) {
    case 'integer':
      return Number.isSafeInteger(value);
    case 'number':
    case 'string':
    case 'boolean':
      return typeof value === type;
    case 'file':
      return typeof value === 'string';
    case 'list':
      return Array.isArray(value);
    case 'map':
    case 'open map':
      return isMap(value);
    case 'any':
      return true;
    default:
      return unreachable(type);
  }
}

export function typeInWords(type: ParamType): string {
  if (type === 'map' || type === 'open map') return 'a map';
  if (type === 'file') return 'the path of a file';
  return type === 'integer' ? 'an integer' : `a ${type}`;
}

/** A dotted name is a path of keys, `${params.KEY}` ends with a brace, and `--set KEY=` with its sign. */
export function isParamKey(key: string): boolean {
  return /^[^\s.={}]+$/u.test(key) && !isForbiddenKey(key);
}

export interface UnfitNumber {
  readonly message: string;
  readonly hint: string;
  readonly at: readonly string[];
}

/** Numbers anywhere in a value that JSON cannot hold, or that a double holds as another. */
export function unfitNumbers(
  value: JsonValue,
  at: readonly string[],
  written: (at: readonly string[]) => string | undefined,
): UnfitNumber[] {
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([key, inner]) => unfitNumbers(inner, [...at, key], written));
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return [];
  const text = written(at) ?? String(value);
  const message = `${at.join('.')} cannot be ${text}`;
  if (!Number.isFinite(value)) return [{ message, hint: 'it must be finite', at }];
  if (!Number.isInteger(value) || !isWhole(text)) return [];
  return [{ message, hint: 'integers beyond 2^53 − 1 lose digits; write it as a text, in quotes', at }];
}

/** Written as an integer is, rather than with a point or an exponent. */
function isWhole(written: string | undefined): boolean {
  return written === undefined || /^[-+]?\d+$|^0[xo]/.test(written);
}
