/**
 * Quasi-Monte Carlo: trial n is element n of a sequence that fills the space evenly, whoever asks and whatever was seen.
 * Each dimension has a coordinate of its own, also where it is conditional or categorical.
 */
import { randomStream } from '../../random.ts';
import type { QmcSettings, Sampler } from '../sampler.ts';
import type { SearchSpace } from '../search-space.ts';
import { pointFrom } from '../unit-interval.ts';
import { haltonCoordinate } from './qmc/halton.ts';
import { sobolCoordinate, sobolDimensions } from './qmc/sobol.ts';

/** What a sweep file that says nothing has. */
export const qmcDefaults: Omit<QmcSettings, 'seed'> = { sequence: 'sobol', scramble: true };

export function qmcSampler(space: SearchSpace, settings: QmcSettings): Sampler {
  const coordinates = space.map((_, dimension) => coordinateOf(dimension, settings));
  return { suggest: (trial) => pointFrom(space, (_, dimension) => coordinates[dimension]?.(trial) ?? 0) };
}

/** Dimensions beyond Sobol's direction numbers take the next coordinates of Halton's sequence. */
function coordinateOf(dimension: number, { sequence, scramble, seed }: QmcSettings): (element: number) => number {
  const stream = scramble ? randomStream(seed, 'qmc', dimension) : undefined;
  return sequence === 'sobol' && dimension < sobolDimensions
    ? sobolCoordinate(dimension, stream)
    : haltonCoordinate(dimension, stream);
}
