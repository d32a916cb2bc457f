/** Which trials of a study are still to be run, and how a phase counts them. */
import type { StudyPhase } from '../events.ts';
import { isSpent } from './budget.ts';
import type { StudyDefinition } from './definition.ts';
import { pointKey } from './search-space.ts';
import { counts } from './seen.ts';
import { singlePoints } from './single-points.ts';
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
  const done = donePoints(definition, state, phase);
  if (sampler.type === 'grid') return phase.first + Math.max(0, budget.trials - done.size); // what drew before may have drawn twice
  const { weightOf } = singlePoints(definition, phase, done);
  const kept = keptTrials(definition, state, phase).map(({ asked }) => weightOf(pointKey(asked?.params ?? {})));
  return phase.first + Math.max(0, budget.trials - kept.reduce((sum, weight) => sum + weight, 0));
}

/** How many trials the budget comes to: those of earlier phases that count, and what this phase runs. */
export function trialsInBudget(definition: StudyDefinition, state: StudyState, phase: StudyPhase): number {
  return keptTrials(definition, state, phase).length + [...ownNumbers(definition, state, phase)].length;
}

/** Numbers of the phase that are in the budget, told or not. */
export function* ownNumbers(
  definition: StudyDefinition,
  state: StudyState,
  phase: StudyPhase,
  from = phase.first,
): Generator<number> {
  const isOwn = own(definition, state, phase);
  const end = endOfBudget(definition, state, phase);
  for (let number = from; number < end; number++) if (isOwn(number)) yield number;
}

/** Numbers of trials that are in the budget and not told: those that are on record, then new ones. */
export function* openNumbers(definition: StudyDefinition, state: StudyState, phase: StudyPhase): Generator<number> {
  yield* untoldNumbers(definition, state, phase);
  yield* newNumbers(definition, state, phase, { known: phase.first });
}

/** Of trials that are on record: of earlier phases where they count, then of this phase; each rising. */
export function untoldNumbers(definition: StudyDefinition, state: StudyState, phase: StudyPhase): number[] {
  const untold = [...state.untold].sort((a, b) => a - b);
  const before = untold.filter((number) => {
    const trial = number < phase.first ? state.trials.get(number) : undefined;
    return trial !== undefined && counts(definition, trial, phase);
  });
  const isOwn = own(definition, state, phase);
  return [...before, ...untold.filter(isOwn)];
}

/**
 * Of which nothing is on record yet, rising.
 *
 * @param lowest below it all are on record: it is moved on, so that nobody goes through those again
 */
export function* newNumbers(
  definition: StudyDefinition,
  state: StudyState,
  phase: StudyPhase,
  lowest: { known: number },
): Generator<number> {
  if (isSpent(definition, state, phase)) return;
  while (state.trials.has(lowest.known)) lowest.known++;
  for (const number of ownNumbers(definition, state, phase, lowest.known)) if (!state.trials.has(number)) yield number;
}

/** Whether a number is one of the phase that is in the budget. */
function own(definition: StudyDefinition, state: StudyState, phase: StudyPhase): (number: number) => boolean {
  const { isNobodys } = singlePoints(definition, phase, donePoints(definition, state, phase));
  const end = endOfBudget(definition, state, phase);
  return (number) => number >= phase.first && number < end && !isNobodys(number);
}

/** A grid begins anew in each phase; what draws goes on, so that it draws nothing twice. */
export function samplerNumber({ sampler }: StudyDefinition, phase: StudyPhase, number: number): number {
  return sampler.type === 'grid' ? number - phase.first : number;
}

export function isTold(state: StudyState, number: number): boolean {
  return state.trials.get(number)?.told !== undefined;
}
