/** Crossover and mutation, dimension by dimension. */
import type { JsonValue } from '../../../pipeline/types.ts';
import type { RandomStream } from '../../../random.ts';
import { type Dimension, isActive, type Point, type SearchSpace } from '../../search-space.ts';
import { fromUnit, toUnit } from '../../unit-interval.ts';

/** As Deb et al. (2002), section V, and Optuna. */
const crossoverShare = 0.9;
/** The higher an index, the nearer the child; lower than their 20, which is for tens of thousands of evaluations. */
const crossoverIndex = 5;
const mutationIndex = 5;

/**
 * A point that descends from two others. Numeric values by simulated binary crossover (Deb and Agrawal, Complex Systems 9,
 * 1995) and polynomial mutation on the unit interval, categorical ones from either parent or drawn anew. A dimension that
 * is there in one parent alone comes from it; one that is in neither is drawn.
 */
export function childOf(space: SearchSpace, first: Point, second: Point, random: RandomStream): Point {
  const crosses = random.uniform() < crossoverShare;
  const child: Record<string, JsonValue> = {};
  for (const dimension of space) {
    if (!isActive(dimension, child)) continue;
    const inherited = crosses ? crossed(dimension, first, second, random) : first[dimension.name];
    child[dimension.name] = mutated(dimension, inherited, 1 / space.length, random);
  }
  return child;
}

function crossed(
  { name, distribution }: Dimension,
  first: Point,
  second: Point,
  random: RandomStream,
): JsonValue | undefined {
  const [own, other] = random.uniform() < 0.5 ? [first[name], second[name]] : [second[name], first[name]];
  if (own === undefined || other === undefined) return own === undefined ? other : own; // null is a value
  if (distribution.kind === 'categorical' || random.uniform() < 0.5) return own;
  const [near, far] = [toUnit(distribution, own), toUnit(distribution, other)];
  const spread = spreadOf(random.uniform());
  return fromUnit(distribution, ((1 + spread) * near + (1 - spread) * far) / 2);
}

/** How far apart children stand, in parts of their parents' distance. */
function spreadOf(uniform: number): number {
  const power = 1 / (crossoverIndex + 1);
  return uniform <= 0.5 ? (2 * uniform) ** power : (1 / (2 * (1 - uniform))) ** power;
}

function mutated(
  { distribution }: Dimension,
  value: JsonValue | undefined,
  share: number,
  random: RandomStream,
): JsonValue {
  const redrawn = random.uniform();
  if (value === undefined) return fromUnit(distribution, redrawn);
  if (random.uniform() >= share) return value;
  const shifted =
    distribution.kind === 'categorical'
      ? value
      : fromUnit(distribution, toUnit(distribution, value) + shiftOf(random.uniform()));
  return shifted === value ? fromUnit(distribution, redrawn) : shifted; // a shift within one step is none
}

/** Polynomial: in parts of the range. */
function shiftOf(uniform: number): number {
  const power = 1 / (mutationIndex + 1);
  return uniform < 0.5 ? (2 * uniform) ** power - 1 : 1 - (2 * (1 - uniform)) ** power;
}
