/** Which trials of a study are better in the search than those of its final runs. */
import { type Searched, type Surpassed, surpassedBy } from '../record/surpassed.ts';
import { finalists, groupOf } from './finals.ts';
import { leaderboard } from './leaderboard.ts';
import type { SweepSpec } from './spec.ts';
import type { StudyState } from './study-state.ts';

/** Of those that are no longer in the space, or of other code, only what was chosen. */
export function surpassedFinalists(spec: SweepSpec, state: StudyState): readonly Surpassed[] {
  const { final } = spec;
  if (final === undefined || state.finals.length === 0) return [];
  const chosen = new Set(finalists(spec, state));
  const { ranked } = leaderboard(spec, state);
  const searched = ranked.map(
    (trial): Searched => ({ trial: trial.number, value: trial.value, arm: groupOf(final.per, trial) }),
  );
  const gone = [...chosen].flatMap((number): Searched[] => {
    const trial = state.trials.get(number);
    if (trial?.told?.value === undefined || ranked.some((one) => one.number === number)) return [];
    return [{ trial: number, value: trial.told.value, arm: groupOf(final.per, trial) }];
  });
  return surpassedBy([...searched, ...gone], chosen, spec.metrics[0]);
}
