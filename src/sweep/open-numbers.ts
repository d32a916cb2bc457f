/** Which trials of a study are still to be run, and how a phase counts them. */
import type { StudyPhase } from '../events.ts';
import { isSpent } from './budget.ts';
import type { StudyDefinition } from './definition.ts';
import { pointKey } from './search-space.ts';
import { counts } from './seen.ts';
import type { StudyState, StudyTrial } from './study-state.ts';

/** Keys of the points of earlier phases that count: a grid does not have them again. */
export function donePoints(definition: StudyDefinition, state: StudyState, phase: StudyPhase): ReadonlySet<string> {
  return new Set(keptTrials(definition, state, phase).map(({ asked }) => pointKey(asked?.params ?? {})));
}

/** Trials of earlier phases that count, by number. */
function keptTrials(definition: StudyDefinition, state: StudyState, phase: StudyPhase): StudyTrial[] {
  if (phase.first === 0) return [];
  return [...state.trials.values()]
    .filter((trial) => trial.number < phase.first && counts(definition, trial, phase))
    .sort((a, b) => a.number - b.number);
}

/** The first number that is beyond the budget. What counts of earlier phases is in it: of a grid points, else trials. */
export function endOfBudget(definition: StudyDefinition, state: StudyState, phase: StudyPhase): number {
  const { sampler, budget } = definition;
  const isGrid = sampler.type === 'grid'; // what drew before it may have drawn a point twice
  const kept = isGrid ? donePoints(definition, state, phase).size : keptTrials(definition, state, phase).length;
  return phase.first + Math.max(0, budget.trials - kept);
}

/** Numbers of trials that are in the budget: those of earlier phases that count, then this phase's. */
export function* openNumbers(
  definition: StudyDefinition,
  state: StudyState,
  phase: StudyPhase,
  lowest = { open: phase.first },
): Generator<number> {
  for (const { number, told } of keptTrials(definition, state, phase)) if (told === undefined) yield number;
  const end = endOfBudget(definition, state, phase);
  while (lowest.open < end && isTold(state, lowest.open)) lowest.open++;
  const spent = isSpent(definition, state, phase);
  for (let number = lowest.open; number < end; number++)
    if (!isTold(state, number) && (!spent || state.trials.has(number))) yield number;
}

/** A grid begins anew in each phase; what draws goes on, so that it draws nothing twice. */
export function samplerNumber({ sampler }: StudyDefinition, phase: StudyPhase, number: number): number {
  return sampler.type === 'grid' ? number - phase.first : number;
}

export function isTold(state: StudyState, number: number): boolean {
  return state.trials.get(number)?.told !== undefined;
}
