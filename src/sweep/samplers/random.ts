/** Independent draws. A trial's point depends on the seed and its number alone, whoever asks and when. */
import type { JsonValue } from '../../pipeline/types.ts';
import { randomStream } from '../../random.ts';
import type { Sampler } from '../sampler.ts';
import { isActive, type Point, type SearchSpace } from '../search-space.ts';
import { fromUnit } from '../unit-interval.ts';

export function randomSampler(space: SearchSpace, seed: number): Sampler {
  return { suggest: (trial) => randomPoint(space, seed, trial) };
}

/** What other samplers begin with, too. */
export function randomPoint(space: SearchSpace, seed: number, trial: number): Point {
  const point: Record<string, JsonValue> = {};
  for (const dimension of space)
    if (isActive(dimension, point))
      point[dimension.name] = fromUnit(dimension.distribution, randomStream(seed, trial, dimension.name).uniform());
  return point;
}
