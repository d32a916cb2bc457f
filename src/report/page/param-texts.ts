/** Values of params as they are read in tables and labels: of a sampled number no more digits than tell it from the others. */
import { briefNumber, digitsToTell } from '../../logging/numbers.ts';
import type { JsonValue } from '../../pipeline/types.ts';
import type { ComparedRun } from '../comparison.ts';
import { valueText } from './format.ts';

export function paramTexts(runs: readonly ComparedRun[]): (param: string, value: JsonValue | undefined) => string {
  const known = new Map<string, number>();
  return (param, value) => {
    if (typeof value !== 'number') return valueText(value);
    const digits = known.get(param) ?? digitsToTell(numbersOf(runs, param));
    known.set(param, digits);
    return briefNumber(value, digits);
  };
}

function numbersOf(runs: readonly ComparedRun[], param: string): number[] {
  return runs.map(({ params }) => params[param]).filter((value) => typeof value === 'number');
}
