/**
 * Typed reading of the `model` branch: what is missing or out of range is the user's mistake, by name. A key with dots
 * leads into branches: `knn.neighbours` is `model.knn.neighbours`.
 */
import { DataError } from '../data-error.ts';
import type { ModelParams } from './model.ts';

export interface Range {
  readonly min: number;
  readonly max?: number;
  readonly whole?: boolean;
}

export function numberParam(params: ModelParams, key: string, { min, max = Number.MAX_VALUE, whole }: Range): number {
  const value = valueAt(params, key);
  const fits = typeof value === 'number' && value >= min && value <= max && (!whole || Number.isSafeInteger(value));
  if (fits) return value;
  const kind = whole ? 'whole number' : 'number';
  const range = max === Number.MAX_VALUE ? `from ${min}` : `from ${min} to ${max}`;
  throw new DataError(`model.${key}: ${JSON.stringify(value)} is not a ${kind} ${range}`);
}

export function countParam(params: ModelParams, key: string, min = 1): number {
  return numberParam(params, key, { min, whole: true });
}

export function choiceParam<T extends string>(params: ModelParams, key: string, choices: readonly T[]): T {
  const value = valueAt(params, key);
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  throw new DataError(`model.${key}: ${JSON.stringify(value)} is none of ${choices.join(', ')}`);
}

export function switchParam(params: ModelParams, key: string): boolean {
  const value = valueAt(params, key);
  if (typeof value === 'boolean') return value;
  throw new DataError(`model.${key}: ${JSON.stringify(value)} is neither true nor false`);
}

/** Undefined where the last key is missing. Throws DataError where what should be a branch is none. */
function valueAt(params: ModelParams, key: string): unknown {
  let value: unknown = params;
  const names = key.split('.');
  for (const [depth, name] of names.entries()) {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new DataError(`${['model', ...names.slice(0, depth)].join('.')}: ${JSON.stringify(value)} is not a map`);
    value = Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
  }
  return value;
}
