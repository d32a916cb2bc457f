/**
 * Sobol's sequence in base 2, in the order of the Gray code (Antonov and Saleev 1979): its first 2^k elements fall
 * evenly into the binary boxes of volume 2^-k and above.
 */
import type { RandomStream } from '../../../random.ts';
import { joeKuo } from './joe-kuo.ts';

/** So many dimensions have direction numbers. */
export const sobolDimensions = joeKuo.length + 1;

const bits = 32;

/**
 * One coordinate of every element.
 *
 * @param dimension from 0, below {@link sobolDimensions}
 * @param scramble draws a linear matrix scramble with a digital shift (Matoušek, "On the L2-discrepancy for anchored
 *   boxes", Journal of Complexity 14, 1998): the boxes stay as evenly filled, and each element is uniform. Without it the
 *   elements are those of the plain sequence, of which the first is 0.
 * @returns element's number, from 0 and below 2^32, → its coordinate in [0, 1)
 */
export function sobolCoordinate(dimension: number, scramble?: RandomStream): (element: number) => number {
  const plain = directions(dimension);
  const columns = scramble === undefined ? plain : linearScramble(plain, scramble);
  const shift = scramble === undefined ? 0 : randomBits(scramble);
  return (element) => {
    const gray = (element ^ (element >>> 1)) >>> 0;
    const digits = columns.reduce((sum, column, at) => ((gray >>> at) & 1 ? sum ^ column : sum), shift);
    return (digits >>> 0) / 2 ** bits;
  };
}

/** Column k: what the element's bit k adds to the coordinate's bits, its first binary digit being the highest bit. */
function directions(dimension: number): readonly number[] {
  const [polynomial = 1, ...initial] = dimension === 0 ? [1] : (joeKuo[dimension - 1] ?? []);
  const numbers = dimension === 0 ? Array<number>(bits).fill(1) : [...initial];
  const degree = initial.length;
  while (numbers.length < bits) numbers.push(next(numbers, polynomial, degree));
  return numbers.map((number, at) => (number << (bits - 1 - at)) | 0);
}

/** m_k = 2 a₁ m_(k−1) ⊕ 2² a₂ m_(k−2) ⊕ … ⊕ 2^s m_(k−s) ⊕ m_(k−s), of which 32 bits are kept (Joe and Kuo, eq. 2). */
function next(numbers: readonly number[], polynomial: number, degree: number): number {
  const before = (back: number) => numbers[numbers.length - back] ?? 0;
  let number = before(degree);
  for (let back = 1; back <= degree; back++) if ((polynomial >>> (degree - back)) & 1) number ^= before(back) << back;
  return number;
}

/** Each digit becomes itself plus a random choice of those above it. */
function linearScramble(columns: readonly number[], random: RandomStream): readonly number[] {
  const rows = Array.from({ length: bits }, (_, row) => {
    const own = 1 << (bits - 1 - row);
    return own | (row === 0 ? 0 : randomBits(random) & (-1 << (bits - row)));
  });
  return columns.map((column) => rows.reduce((sum, mask, row) => sum | (parity(mask & column) << (bits - 1 - row)), 0));
}

function parity(word: number): number {
  let folded = word;
  for (const half of [16, 8, 4, 2, 1]) folded ^= folded >>> half;
  return folded & 1;
}

function randomBits(random: RandomStream): number {
  return random.integer(-(2 ** 31), 2 ** 31 - 1);
}
