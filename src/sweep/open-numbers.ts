/** Which trials of a study are still to be run, and how a phase counts them. */
import type { StudyPhase } from '../events.ts';
import { isSpent } from './budget.ts';
import type { StudyDefinition } from './definition.ts';
import { pointKey } from './search-space.ts';
import { counts } from './seen.ts';
import type { StudyState } from './study-state.ts';

/** Keys of the points of earlier phases that count: a grid does not have them again. */
export function donePoints(definition: StudyDefinition, state: StudyState, phase: StudyPhase): ReadonlySet<string> {
  const before = [...state.trials.values()].filter(
    (trial) => trial.number < phase.first && counts(definition, trial, phase),
  );
  return new Set(before.map(({ asked }) => pointKey(asked?.params ?? {})));
}

/** Numbers of trials that are in the budget: those of earlier phases that count, then this phase's. */
export function* openNumbers(
  definition: StudyDefinition,
  state: StudyState,
  phase: StudyPhase,
  lowest = { open: phase.first },
): Generator<number> {
  let kept = 0;
  if (phase.first > 0)
    for (const trial of [...state.trials.values()].sort((a, b) => a.number - b.number)) {
      if (trial.number >= phase.first || !counts(definition, trial, phase)) continue;
      kept++;
      if (trial.told === undefined) yield trial.number;
    }
  const end = phase.first + Math.max(0, definition.budget.trials - kept);
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
