/** Halton's sequence: the digits of the element's number, in a prime base of its own for each dimension, behind the point. */
import { permutation, type RandomStream } from '../../../random.ts';

/**
 * One coordinate of every element.
 *
 * @param dimension from 0: its base is the prime of that index
 * @param scramble draws a permutation of the digits for each place (Owen, "A randomized Halton algorithm in R",
 *   arXiv:1706.02808), which also breaks the correlation of large bases. Without it the elements are those of the plain
 *   sequence, of which the first is 0.
 * @returns element's number, from 0, → its coordinate in [0, 1)
 */
export function haltonCoordinate(dimension: number, scramble?: RandomStream): (element: number) => number {
  const base = prime(dimension);
  const places = Math.floor(53 / Math.log2(base)); // as many as a number holds exactly
  const digits = Int32Array.from({ length: base }, (_, digit) => digit);
  const permutations = Array.from({ length: places }, () => (scramble ? permutation(base, scramble) : digits));
  return (element) => {
    let rest = element;
    let coordinate = 0;
    let part = 1;
    for (const digitAt of permutations) {
      part /= base;
      coordinate += (digitAt[rest % base] ?? 0) * part;
      rest = Math.floor(rest / base);
    }
    return Math.min(coordinate, 1 - 2 ** -53);
  };
}

/** 2 for 0, 3 for 1, 5 for 2. */
function prime(index: number): number {
  const found: number[] = [];
  for (let number = 2; found.length <= index; number++)
    if (!found.some((smaller) => number % smaller === 0)) found.push(number);
  return found[index] as number;
}
