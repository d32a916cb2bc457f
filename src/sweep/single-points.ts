/**
 * Arms of a single point, such as a model without parameters beside others that are searched: the point is run once, and the
 * other numbers that the arm has in the budget are nobody's. Of an arm without a point all are.
 */
import type { StudyPhase } from '../events.ts';
import { armsOf, emptyArms, spaceOfArm } from './arms.ts';
import type { StudyDefinition } from './definition.ts';
import { gridPoints } from './samplers/grid.ts';
import { isFixed, pointKey } from './search-space.ts';

export interface SinglePoints {
  /** Whether it has no point, or one which the phase, or what counts of those before, has already. */
  isNobodys(number: number): boolean;
  /** How many numbers of the budget a trial stands for: of a single point all that its arm has. */
  weightOf(key: string): number;
}

const none: SinglePoints = { isNobodys: () => false, weightOf: () => 1 };

/** @param done keys of the points that count of earlier phases */
export function singlePoints(definition: StudyDefinition, phase: StudyPhase, done: ReadonlySet<string>): SinglePoints {
  if (definition.stratify.length === 0 || definition.sampler.type === 'grid') return none;
  const arms = armsOf(definition);
  const keys = arms.map((arm) => {
    const space = spaceOfArm(definition.space, arm);
    return space.every(isFixed) ? pointKey(gridPoints(space)[0] ?? {}) : undefined;
  });
  const empty = emptyArms(definition);
  const share = Math.max(1, Math.floor(definition.budget.trials / arms.length));
  return {
    isNobodys: (number) => {
      if (empty.has(number % arms.length)) return true;
      const key = keys[number % arms.length];
      return key !== undefined && (done.has(key) || number - arms.length >= phase.first);
    },
    weightOf: (key) => (keys.includes(key) ? share : 1),
  };
}
