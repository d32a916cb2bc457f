/** Every combination once: the last dimension moves fastest; a dimension that is not there multiplies nothing. */
import type { Sampler } from '../sampler.ts';
import { isActive, type Point, type SearchSpace, valuesOf } from '../search-space.ts';

export function gridSampler(space: SearchSpace): Sampler {
  const points = gridPoints(space);
  return { suggest: (trial) => points[trial] };
}

/** Throws for a range without steps: the sweep file's check refuses it first. */
export function gridPoints(space: SearchSpace): readonly Point[] {
  return space.reduce<readonly Point[]>(
    (points, dimension) =>
      points.flatMap((point): readonly Point[] => {
        if (!isActive(dimension, point)) return [point];
        const values = valuesOf(dimension.distribution);
        if (values === undefined) throw new Error(`${dimension.name} has no finite set of values`);
        return values.map((value) => ({ ...point, [dimension.name]: value }));
      }),
    [{}],
  );
}
