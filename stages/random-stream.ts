/**
 * Seeded random numbers. Each use has a stream of its own, named in words: `stream(seed, 'noise', user)` gives the same
 * numbers whatever was drawn before it, in whatever order users come.
 */
import { createHash } from 'node:crypto';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

export interface RandomStream {
  /** In [0, 1), 53 bits. */
  uniform(): number;
  /** A whole number in [0, below). */
  integer(below: number): number;
  /** Standard normal, by Box and Muller. */
  normal(): number;
  /** Shuffles in place (Fisher and Yates) and returns the same array. */
  shuffle<T extends Int32Array | unknown[]>(array: T): T;
}

/** The state is the hash of seed and names, so that neighbouring seeds share nothing. */
export function stream(seed: number, ...names: readonly (string | number)[]): RandomStream {
  const digest = createHash('sha256')
    .update([seed, ...names].join('/'))
    .digest();
  const generator = xoroshiro128plusFromState([0, 4, 8, 12].map((at) => digest.readInt32LE(at)));
  const uniform = () => uniformFloat64(generator);
  const integer = (below: number) => uniformInt(generator, 0, below - 1);
  let spare: number | undefined;
  const normal = () => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  return {
    uniform,
    integer,
    normal,
    shuffle: (array) => {
      for (let i = array.length - 1; i > 0; i--) {
        const j = integer(i + 1);
        [array[i], array[j]] = [array[j], array[i]];
      }
      return array;
    },
  };
}
