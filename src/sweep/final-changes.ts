/** Final runs of one study belong together: what they were run with, put beside what the next ones would be. */
import { type Diagnostic, UserError } from '../errors.ts';
import type { FinalTold, StudyStarted } from '../events.ts';
import { canonicalJson } from '../hash.ts';
import { isMap } from '../pipeline/param-tree.ts';
import type { JsonValue } from '../pipeline/types.ts';
import { type FieldChange, fingerprintChanges } from '../plan/fingerprint.ts';
import { last } from './event-order.ts';
import type { Point } from './search-space.ts';
import { type FinalKey, type FinalPlaces, finalKeys } from './spec.ts';
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

interface FinalChange {
  readonly key: FinalKey;
  readonly before: JsonValue;
  readonly after: JsonValue;
}

/** What `final` says otherwise than when those were run that have been looked at: none that failed was. Seeds may be added. */
export function finalChanges(state: StudyState, identity: Readonly<Record<string, JsonValue>>): FinalChange[] {
  return changesSince(state, finalsThatCount(state).filter(isLookedAt), identity);
}

function changesSince(
  state: StudyState,
  ran: readonly FinalTold[],
  identity: Readonly<Record<string, JsonValue>>,
): FinalChange[] {
  const before = finalIn(saidOf(state, ran)?.spec);
  const after = finalIn(identity);
  if (before === undefined || after === undefined) return [];
  const furthest = finalsThatCount(state).reduce((most, { replicate }) => Math.max(most, replicate), 0);
  return finalKeys.flatMap((key) => {
    const [was, is] = [before, after].map((final) => (key === 'seeds' ? seedsIn(final) : final[key]));
    if (was === undefined || is === undefined) return []; // not on record of studies that were begun earlier
    const [told, kept] = [was, is].map((value) =>
      key === 'seeds' ? (value as JsonValue[]).slice(0, furthest + 1) : value,
    );
    return canonicalJson(told ?? null) === canonicalJson(kept ?? null) ? [] : [{ key, before: was, after: is }];
  });
}

const isLookedAt = ({ reason }: FinalTold) => reason === undefined;

function finalIn(identity: JsonValue | undefined): Readonly<Record<string, JsonValue>> | undefined {
  const final = isMap(identity) ? identity.final : undefined;
  return isMap(final) ? (final as Readonly<Record<string, JsonValue>>) : undefined;
}

function seedsIn({ replicates }: Readonly<Record<string, JsonValue>>): JsonValue[] {
  return (replicates as readonly Point[]).map((replicate) => Object.values(replicate)[0] ?? null);
}

export function changedFinal(
  name: string,
  changes: readonly FinalChange[],
  places: FinalPlaces | undefined,
): UserError {
  const hint = `seeds may be added at the end; for other final runs begin another study, --name ${name}-2: what has the same keys comes from the cache`;
  return new UserError(
    changes.map(({ key, before, after }): Diagnostic => {
      const texts = [before, after].map((value) => JSON.stringify(value)).join(' → ');
      const message = `final: the study "${name}" has final runs of another ${key}: ${texts}`;
      return { severity: 'error', message, hint, ...(places === undefined ? {} : { place: places[key] }) };
    }),
  );
}

/** Those that are to be run again where that is asked for, or where `final` is another by now: nothing was looked at in them. */
export function finalsToReopen(
  state: StudyState,
  identity: Readonly<Record<string, JsonValue>>,
  retryFailed: boolean,
): readonly FinalTold[] {
  if (finalIn(identity) === undefined) return [];
  const ran = finalsThatCount(state);
  const failed = ran.filter((told) => !isLookedAt(told));
  const isOther = !ran.some(isLookedAt) && changesSince(state, ran, identity).length > 0;
  return retryFailed || isOther ? failed : [];
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
