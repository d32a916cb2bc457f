import { stream } from '../../random-stream.ts';
import type { Factors } from '../factor-scorer.ts';

/** x̂(u, i) = bias_i + p_u · q_i, in float64 while it learns. */
export interface BiasedFactors {
  readonly factors: number;
  /** p, `[users, factors]` */
  readonly users: Float64Array;
  /** q, `[items, factors]` */
  readonly items: Float64Array;
  /** `[items]` */
  readonly bias: Float64Array;
}

/** Standard deviation of the first factors; biases begin at 0. */
const spread = 0.1;

export function createFactors(
  shape: { readonly users: number; readonly items: number },
  factors: number,
  seed: number,
): BiasedFactors {
  const drawn = (name: string, rows: number) => {
    const { normal } = stream(seed, 'bpr-mf', name);
    return Float64Array.from({ length: rows * factors }, () => spread * normal());
  };
  const users = drawn('users', shape.users);
  return { factors, users, items: drawn('items', shape.items), bias: new Float64Array(shape.items) };
}

/** The same scores as inner products alone, in float32: the bias is one factor more, of which every user has 1. */
export function factorsWithBias({ factors, users, items, bias }: BiasedFactors): Factors {
  const widened = (from: Float64Array, last: (row: number) => number) => {
    const rows = from.length / factors;
    const to = new Float32Array(rows * (factors + 1));
    for (let row = 0; row < rows; row++) {
      to.set(from.subarray(row * factors, (row + 1) * factors), row * (factors + 1));
      to[row * (factors + 1) + factors] = last(row);
    }
    return to;
  };
  return {
    factors: factors + 1,
    users: widened(users, () => 1),
    items: widened(items, (item) => bias[item] as number),
  };
}
