/** Final runs of one study belong together: what they were run with, put beside what the next ones would be. */
import type { FinalTold, StudyStarted } from '../events.ts';
import { type FieldChange, fingerprintChanges } from '../plan/fingerprint.ts';
import { last } from './event-order.ts';
import { phaseOf, type StudyState } from './study-state.ts';

type GivenFinal = StudyStarted['givenFinal'];

/**
 * @param today what the stages of final runs beyond a trial's are given now
 * @returns how that differs from what those were given that have run, and what is to be put on record of it. While none
 * has run it may be anything; of runs on record from before it was kept nothing is known.
 */
export function givenToFinals(
  state: StudyState,
  today: GivenFinal,
): { readonly changes: readonly FieldChange[]; readonly said: { readonly givenFinal?: GivenFinal } } {
  if (today === undefined) return { changes: [], said: {} };
  const known = saidOf(state, finalsThatCount(state))?.givenFinal;
  const isMixed = phaseOf(state).mixed === true && fingerprintChanges(state.said?.givenFinal, today).length === 0;
  const changes = known === undefined || isMixed ? [] : fingerprintChanges(known, today);
  return { changes, said: { givenFinal: changes.length === 0 ? today : known } };
}

/** Those of trials that count: of other code none does, whose study was begun anew. */
function finalsThatCount(state: StudyState): readonly FinalTold[] {
  const { counted } = phaseOf(state);
  return state.finals.filter(({ trial }) => trial >= counted);
}

/** What was last said of the study before the newest of these runs was told. */
function saidOf({ starts }: StudyState, finals: readonly FinalTold[]): StudyStarted | undefined {
  const newest = finals.reduce((most, { at }) => Math.max(most, at), Number.NEGATIVE_INFINITY);
  return starts.filter(({ at }) => at <= newest).reduce<StudyStarted | undefined>(last, undefined);
}
