/** Whether anything of a study is left to do. */
import { finalsDue } from './finals.ts';
import { openNumbers } from './open-numbers.ts';
import { replicatesDue } from './race.ts';
import type { SweepSpec } from './spec.ts';
import { phaseOf, type StudyState } from './study-state.ts';

/** No point, no replicate of those in the race, no final run. */
export function isOver(spec: SweepSpec, state: StudyState): boolean {
  return openNumbers(spec, state, phaseOf(state)).next().done === true && !hasRunsDue(spec, state);
}

/** Whether there are runs due that are no trial's own. */
export function hasRunsDue(spec: SweepSpec, state: StudyState): boolean {
  return replicatesDue(spec, state).length > 0 || finalsDue(spec, state).length > 0;
}
