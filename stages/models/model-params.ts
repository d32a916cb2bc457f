/** Typed reading of the `model` branch: what is missing or out of range is the user's mistake, by name. */
import { DataError } from '../data-error.ts';
import type { ModelParams } from './model.ts';

export interface Range {
  readonly min: number;
  readonly max?: number;
  readonly whole?: boolean;
}

export function numberParam(params: ModelParams, key: string, { min, max = Number.MAX_VALUE, whole }: Range): number {
  const value = params[key];
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
  const found = choices.find((choice) => choice === params[key]);
  if (found !== undefined) return found;
  throw new DataError(`model.${key}: ${JSON.stringify(params[key])} is none of ${choices.join(', ')}`);
}

export function flagParam(params: ModelParams, key: string): boolean {
  const value = params[key];
  if (typeof value === 'boolean') return value;
  throw new DataError(`model.${key}: ${JSON.stringify(value)} is neither true nor false`);
}
