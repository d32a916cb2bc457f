/** Independent draws. A trial's point depends on the seed and its number alone, whoever asks and when. */
import { randomStream } from '../../random.ts';
import type { Sampler } from '../sampler.ts';
import type { Point, SearchSpace } from '../search-space.ts';
import { pointFrom } from '../unit-interval.ts';

export function randomSampler(space: SearchSpace, seed: number): Sampler {
  return { suggest: (trial) => randomPoint(space, seed, trial) };
}

/** What other samplers begin with, too. */
export function randomPoint(space: SearchSpace, seed: number, trial: number): Point {
  return pointFrom(space, ({ name }) => randomStream(seed, trial, name).uniform());
}
