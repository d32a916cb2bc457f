/** The arms of a stratified study: each combination of some parameters' values is searched by itself. */
import { canBeMet } from './constraints.ts';
import type { StudyDefinition } from './definition.ts';
import type { Sampler } from './sampler.ts';
import { gridPoints } from './samplers/grid.ts';
import { isActive, type Point, pointKey, type SearchSpace } from './search-space.ts';

/** The values that make an arm; a study that is not stratified has one arm, of none. */
export type Arm = Point;

export function armsOf({ space, stratify }: Pick<StudyDefinition, 'space' | 'stratify'>): readonly Arm[] {
  return gridPoints(space.filter(({ name }) => stratify.includes(name)));
}

export function armOf({ stratify }: Pick<StudyDefinition, 'stratify'>, point: Point): Arm {
  return Object.fromEntries(stratify.flatMap((name) => (name in point ? [[name, point[name] ?? null]] : [])));
}

const known = new WeakMap<object, ReadonlySet<number>>();

/** Those of which no point meets the constraints, by their places: they have no trials. */
export function emptyArms(
  definition: Pick<StudyDefinition, 'space' | 'stratify' | 'constraints'>,
): ReadonlySet<number> {
  const { space, stratify, constraints } = definition;
  if (stratify.length === 0 || constraints.length === 0) return new Set();
  const found = known.get(definition);
  if (found !== undefined) return found;
  const empty = armsOf(definition).flatMap((arm, at) => (canBeMet(spaceOfArm(space, arm), constraints) ? [] : [at]));
  known.set(definition, new Set(empty));
  return new Set(empty);
}

/** The space of one arm: its parameters have one value each, and what is never there in it is left out. */
export function spaceOfArm(space: SearchSpace, arm: Arm): SearchSpace {
  const left = new Set<string>();
  return space.flatMap((dimension) => {
    const value = arm[dimension.name];
    if (value !== undefined) return [{ ...dimension, distribution: { kind: 'categorical', values: [value] } as const }];
    const conditions = Object.keys(dimension.when);
    const isDecided = conditions.every((name) => name in arm);
    if (!conditions.some((name) => left.has(name)) && (!isDecided || isActive(dimension, arm))) return [dimension];
    left.add(dimension.name);
    return [];
  });
}

/**
 * Trials go round the arms, so that each has as many; an arm's sampler sees the trials of its arm alone, and every number
 * as a count of that arm's trials: its own, and those of what it sees.
 *
 * @param samplers one for each arm, in their order.
 */
export function stratified(
  definition: Pick<StudyDefinition, 'stratify'>,
  arms: readonly Arm[],
  samplers: readonly Sampler[],
): Sampler {
  const keys = arms.map(pointKey);
  return {
    suggest(trial, seen) {
      const at = trial % arms.length;
      const numberWithin = (number: number) => Math.floor(number / arms.length);
      const own = seen
        .filter(({ point }) => pointKey(armOf(definition, point)) === keys[at])
        .map((other) => ({ ...other, number: numberWithin(other.number) }));
      return samplers[at]?.suggest(numberWithin(trial), own);
    },
  };
}
