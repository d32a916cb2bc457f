/** Points as the model's inputs, and numbers of the unit cube as points. */
import { type Dimension, type Point, type SearchSpace, sizeOf } from '../../search-space.ts';
import { pointFrom, toUnit } from '../../unit-interval.ts';

/**
 * Input of the model (d): parts of the unit interval, steps in the middle of theirs; of a categorical dimension the place
 * of its value. Where a dimension is not there, the middle of its range stands in, or a category of its own: points
 * without it do not differ by it, and those with it differ by what it is conditional on as well.
 */
export function inputOf(space: SearchSpace, point: Point): Float64Array {
  return Float64Array.from(space, ({ name, distribution }) => {
    const value = point[name];
    if (distribution.kind !== 'categorical') return value === undefined ? 0.5 : toUnit(distribution, value);
    return value === undefined ? -1 : Math.floor(toUnit(distribution, value) * distribution.values.length);
  });
}

/** One row for each trial (n×d). */
export function inputsOf(space: SearchSpace, trials: readonly { readonly point: Point }[]): Float64Array {
  const inputs = new Float64Array(trials.length * space.length);
  for (const [i, { point }] of trials.entries()) inputs.set(inputOf(space, point), i * space.length);
  return inputs;
}

/** The point whose values' parts hold `unit` (d); numbers of dimensions that are not there say nothing. */
export function pointOf(space: SearchSpace, unit: Float64Array): Point {
  return pointFrom(space, (_, j) => unit[j] as number);
}

/** Where the point lies in the unit cube (d); 1/2 where a dimension is not there. */
export function unitOf(space: SearchSpace, point: Point): Float64Array {
  return Float64Array.from(space, ({ name, distribution }) => {
    const value = point[name];
    return value === undefined ? 0.5 : toUnit(distribution, value);
  });
}

export function categoricalsOf(space: SearchSpace): Uint8Array {
  return Uint8Array.from(space, ({ distribution }) => (distribution.kind === 'categorical' ? 1 : 0));
}

/** Whether it changes without steps, so that a slope says where to go; whole numbers on a log scale are taken so, too. */
export function isContinuous({ distribution }: Dimension): boolean {
  return sizeOf(distribution) === Infinity;
}

/** Numbers in the middle of other values' parts: of all categories, and of steps those 1, 2, 4, … away. */
export function neighboursOf({ distribution }: Dimension, unit: number): readonly number[] {
  const cells = sizeOf(distribution);
  const at = Math.min(cells - 1, Math.floor(unit * cells));
  const reaches = Array.from({ length: Math.ceil(Math.log2(cells)) }, (_, power) => 2 ** power);
  const candidates =
    distribution.kind === 'categorical'
      ? Array.from({ length: cells }, (_, cell) => cell)
      : reaches.flatMap((reach) => [at - reach, at + reach]);
  return candidates.filter((cell) => cell >= 0 && cell < cells && cell !== at).map((cell) => (cell + 0.5) / cells);
}
