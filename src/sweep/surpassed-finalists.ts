/** Which trials of a study are better in the search than those of its final runs. */
import { type Searched, type Surpassed, surpassedBy } from '../record/surpassed.ts';
import { groupOf } from './finals.ts';
import type { Leaderboard } from './leaderboard.ts';
import type { SweepSpec } from './spec.ts';
import type { StudyState } from './study-state.ts';

/**
 * Of those that are no longer in the space, or of other code, only what was chosen.
 * @param chosen whose final runs the study has
 */
export function surpassedFinalists(
  { final, metrics }: SweepSpec,
  state: StudyState,
  { ranked }: Leaderboard,
  chosen: ReadonlySet<number>,
): readonly Surpassed[] {
  if (final === undefined || state.finals.length === 0) return [];
  const searched = ranked.map(
    (trial): Searched => ({ trial: trial.number, value: trial.value, arm: groupOf(final.per, trial) }),
  );
  const gone = [...chosen].flatMap((number): Searched[] => {
    const trial = state.trials.get(number);
    if (trial?.told?.value === undefined || ranked.some((one) => one.number === number)) return [];
    return [{ trial: number, value: trial.told.value, arm: groupOf(final.per, trial) }];
  });
  return surpassedBy([...searched, ...gone], chosen, metrics[0]);
}
