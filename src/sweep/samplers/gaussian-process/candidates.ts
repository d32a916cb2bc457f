/** Where the search for the most promising point begins. */
import { type RandomStream, randomStream } from '../../../random.ts';
import type { Point, SearchSpace } from '../../search-space.ts';
import { kronecker } from './design.ts';
import { isContinuous, unitOf } from './encoding.ts';

const spread = 512;
const nearby = 256;

/**
 * Points of the unit cube: all over it, and around the best ones seen.
 *
 * @param incumbents best first; at least one
 */
export function candidateUnits(space: SearchSpace, incumbents: readonly Point[], seed: number, trial: number) {
  const stream = randomStream(seed, trial, 'candidates');
  const centres = incumbents.map((point) => unitOf(space, point));
  const around = Array.from({ length: nearby }, (_, i) =>
    moved(space, centres[i % centres.length] as Float64Array, stream),
  );
  return [...centres, ...kronecker(space.length, spread, stream), ...around];
}

/** Each number moves by a normal step of a length between .0002 and .2; steps and categories are now and then redrawn. */
function moved(space: SearchSpace, centre: Float64Array, stream: RandomStream): Float64Array {
  const length = 0.2 * 10 ** (-3 * stream.uniform());
  return Float64Array.from(space, (dimension, j) => {
    const redrawn = !isContinuous(dimension) && stream.uniform() * space.length < 1;
    const unit = redrawn ? stream.uniform() : (centre[j] as number) + length * stream.normal();
    return Math.min(1, Math.max(0, unit));
  });
}
