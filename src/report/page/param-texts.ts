/** Values of params as they are read in tables and labels: of a sampled number no more digits than tell it from the others. */
import type { JsonValue } from '../../pipeline/types.ts';
import type { ComparedRun } from '../comparison.ts';
import { valueText } from './format.ts';

const [leastDigits, mostDigits] = [4, 17];

/** What nobody typed in full: it was drawn by a sampler. */
const isLong = (value: JsonValue | undefined): value is number =>
  typeof value === 'number' && !Number.isInteger(value) && Number(value.toPrecision(6)) !== value;

export function paramTexts(runs: readonly ComparedRun[]): (param: string, value: JsonValue | undefined) => string {
  const known = new Map<string, number>();
  return (param, value) => {
    if (!isLong(value)) return valueText(value);
    const digits = known.get(param) ?? digitsOf(runs.map((run) => run.params[param]));
    known.set(param, digits);
    return valueText(Number(value.toPrecision(digits)));
  };
}

/** Nobody tells so many apart by their digits. */
const [mostTold, digitsOfMany] = [500, 6];

function digitsOf(values: readonly (JsonValue | undefined)[]): number {
  const different = [...new Set(values.filter(isLong))];
  if (different.length > mostTold) return digitsOfMany;
  let digits = leastDigits;
  while (digits < mostDigits && new Set(different.map((value) => value.toPrecision(digits))).size < different.length)
    digits++;
  return digits;
}
