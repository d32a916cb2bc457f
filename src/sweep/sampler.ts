/** What proposes points. A sampler is a pure function of the seed, the trial's number and what it has seen. */
import { unreachable } from '../errors.ts';
import type { Point, SearchSpace } from './search-space.ts';

export interface SeenTrial {
  readonly number: number;
  readonly point: Point;
  /** Absent where the trial failed. */
  readonly value?: number;
}

export interface Sampler {
  /** The point of a trial; undefined when the space has no further point. */
  suggest(trial: number, seen: readonly SeenTrial[]): Point | undefined;
}

export type SamplerSpec = { readonly type: 'grid' } | { readonly type: 'random'; readonly seed: number };

/** Each sampler is the file of its name; loaded when used. */
export async function samplerOf(spec: SamplerSpec, space: SearchSpace): Promise<Sampler> {
  switch (spec.type) {
    case 'grid':
      return (await import('./samplers/grid.ts')).gridSampler(space);
    case 'random':
      return (await import('./samplers/random.ts')).randomSampler(space, spec.seed);
    default:
      return unreachable(spec);
  }
}
