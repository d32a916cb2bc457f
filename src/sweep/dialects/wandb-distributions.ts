/** Distributions of W&B that a search space has not. */
import type { JsonValue } from '../../pipeline/types.ts';

export interface Bounds {
  readonly min?: JsonValue;
  readonly max?: JsonValue;
  readonly mu?: JsonValue;
  readonly sigma?: JsonValue;
}

/** What to write in its place; undefined for one that may be there. */
export function insteadOf(distribution: string, bounds: Bounds): string | undefined {
  const { min = 0, max = 1, mu = 0, sigma = 1 } = bounds;
  const [low, high, middle, spread] = [min, max, mu, sigma].map(Number) as [number, number, number, number];
  const uniform = (from: number, to: number) => `${ends(from, to)}, distribution: uniform`;
  const log = (from: number, to: number) => `${ends(from, to)}, distribution: log_uniform_values`;
  const twoSigma = [middle - 2 * spread, middle + 2 * spread] as const;
  switch (distribution) {
    case 'log_uniform':
      return `its min and max are exponents of e: ${log(Math.exp(low), Math.exp(high))}`;
    case 'q_log_uniform':
      return `its min and max are exponents of e: distribution: q_log_uniform_values, ${ends(Math.exp(low), Math.exp(high))}`;
    case 'inv_log_uniform':
      return `its min and max are exponents of 1/e: ${log(Math.exp(-high), Math.exp(-low))}`;
    case 'inv_log_uniform_values':
      return 'distribution: log_uniform_values draws the same';
    case 'normal':
      return `a range holds most of it: ${uniform(...twoSigma)}`;
    case 'q_normal':
      return `a range holds most of it: ${ends(...twoSigma)}, step: q`;
    case 'log_normal':
    case 'q_log_normal':
      return `a range holds most of it: ${log(Math.exp(twoSigma[0]), Math.exp(twoSigma[1]))}`;
    case 'beta':
    case 'q_beta':
      return 'a range holds all of it: min: 0.0, max: 1.0, distribution: uniform';
    default:
      return undefined;
  }
}

/** Four digits say which range is meant. */
function ends(from: number, to: number): string {
  const [min, max] = [from, to].map((end) => Number(end.toPrecision(4)));
  return `min: ${min}, max: ${max}`;
}
