/**
 * Arms of a single point, such as a model without parameters beside others that are searched: the point is run once, and the
 * other numbers that the arm has in the budget are nobody's.
 */
import type { StudyPhase } from '../events.ts';
import { armsOf, spaceOfArm } from './arms.ts';
import type { StudyDefinition } from './definition.ts';
import { gridPoints } from './samplers/grid.ts';
import { isFixed, pointKey } from './search-space.ts';

export interface SinglePoints {
  /** Whether the number is that of a point which the phase, or what counts of those before, has already. */
  isRepeat(number: number): boolean;
  /** How many numbers of the budget a trial stands for: of a single point all that its arm has. */
  weightOf(key: string): number;
}

const none: SinglePoints = { isRepeat: () => false, weightOf: () => 1 };

/** @param done keys of the points that count of earlier phases */
export function singlePoints(definition: StudyDefinition, phase: StudyPhase, done: ReadonlySet<string>): SinglePoints {
  if (definition.stratify.length === 0 || definition.sampler.type === 'grid') return none;
  const arms = armsOf(definition);
  const keys = arms.map((arm) => {
    const space = spaceOfArm(definition.space, arm);
    return space.every(isFixed) ? pointKey(gridPoints(space)[0] ?? {}) : undefined;
  });
  const share = Math.max(1, Math.floor(definition.budget.trials / arms.length));
  return {
    isRepeat: (number) => {
      const key = keys[number % arms.length];
      return key !== undefined && (done.has(key) || number - arms.length >= phase.first);
    },
    weightOf: (key) => (keys.includes(key) ? share : 1),
  };
}
