/** Models of latent factors: a user's and an item's vector, whose inner product is the score. */
import { readFloats, writeArrays } from './arrays.ts';
import type { Scorer } from './model.ts';

export interface Factors {
  readonly factors: number;
  /** `[users, factors]`, row-major */
  readonly users: Float32Array;
  /** `[items, factors]`, row-major */
  readonly items: Float32Array;
}

/** `users.f32` and `items.f32` */
export async function writeFactors(folder: string, { users, items }: Factors): Promise<void> {
  await writeArrays(folder, { users, items });
}

/** Reads what {@link writeFactors} wrote. Throws DataError where it is of another shape. */
export async function readFactors(
  folder: string,
  { users, items, factors }: { readonly users: number; readonly items: number; readonly factors: number },
): Promise<Factors> {
  return {
    factors,
    users: await readFloats(folder, 'users', users * factors),
    items: await readFloats(folder, 'items', items * factors),
  };
}

/** Inner products, summed in float64. */
export function factorScorer({ factors, users: ofUsers, items: ofItems }: Factors): Scorer {
  const items = ofItems.length / factors;
  return {
    items,
    async scores(users) {
      const scores = new Float32Array(users.length * items);
      users.forEach((user, row) => {
        const own = ofUsers.subarray(user * factors, (user + 1) * factors);
        for (let item = 0; item < items; item++) scores[row * items + item] = product(own, ofItems, item * factors);
      });
      return scores;
    },
    dispose() {},
  };
}

function product(vector: Float32Array, others: Float32Array, from: number): number {
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += (vector[i] as number) * (others[from + i] as number);
  return sum;
}
