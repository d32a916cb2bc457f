/** Seeded random numbers: one stream a name, so that a draw depends on nothing but its seed and its name. */
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import { sha256 } from './hash.ts';

export interface RandomStream {
  /** In [0, 1), 53 bits. */
  uniform(): number;
  /** A whole number in [low, high]. */
  integer(low: number, high: number): number;
  /** Standard normal, by Box and Muller. */
  normal(): number;
}

/** @param names tell this use from every other of the same seed */
export function randomStream(seed: number, ...names: readonly (string | number)[]): RandomStream {
  const digest = Buffer.from(sha256(JSON.stringify([seed, ...names])), 'hex');
  const generator = xoroshiro128plusFromState([0, 4, 8, 12].map((at) => digest.readInt32LE(at)));
  const uniform = () => uniformFloat64(generator);
  return {
    uniform,
    integer: (low, high) => uniformInt(generator, low, high),
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  };
}

/** 0 … count − 1 in random order, by Fisher and Yates. */
export function permutation(count: number, random: RandomStream): Int32Array {
  const order = Int32Array.from({ length: count }, (_, at) => at);
  for (let last = count - 1; last > 0; last--) {
    const at = random.integer(0, last);
    [order[last], order[at]] = [order[at] as number, order[last] as number];
  }
  return order;
}
