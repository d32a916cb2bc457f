/** Points that fill the unit cube more evenly than chance does. */
import { permutation, type RandomStream, randomStream } from '../../../random.ts';
import type { SearchSpace } from '../../search-space.ts';

/**
 * Latin hypercube (McKay et al. 1979): of each `size` trials in a row, every dimension has one in each `size`-th part.
 *
 * @returns the trial's point of the cube (d); each coordinate depends on the name of its dimension and on no other dimension
 */
export function latinHypercube(space: SearchSpace, size: number, seed: number, trial: number): Float64Array {
  const block = Math.floor(trial / size);
  return Float64Array.from(space, ({ name }) => {
    const parts = permutation(size, randomStream(seed, 'latin-hypercube', block, name));
    return ((parts[trial % size] as number) + randomStream(seed, trial, 'startup', name).uniform()) / size;
  });
}

/**
 * Kronecker sequence, shifted at random: the k-th coordinate j is the fractional part of shift_j + k φ^−j, φ the root of
 * φ^(d+1) = φ + 1 (Roberts 2018; the golden ratio in one dimension).
 *
 * @returns count points of d coordinates
 */
export function kronecker(d: number, count: number, stream: RandomStream): readonly Float64Array[] {
  let root = 1.5;
  for (let step = 0; step < 60; step++) root = (1 + root) ** (1 / (d + 1));
  const shift = Float64Array.from({ length: d }, () => stream.uniform());
  return Array.from({ length: count }, (_, k) => shift.map((from, j) => (from + (k + 1) / root ** (j + 1)) % 1));
}
