/** Begins a study, or goes on with one: as it was, or with another search, which is a phase of its own. */
import type { FinalTold, StudyPhase, StudyStarted, TrialTold } from '../events.ts';
import type { JsonValue } from '../pipeline/types.ts';
import { fingerprintChanges } from '../plan/fingerprint.ts';
import { openJournal } from '../record/journal.ts';
import { createExclusive } from '../store/files.ts';
import type { Layout } from '../store/layout.ts';
import type { StudyDefinition } from './definition.ts';
import { changedFinal, finalChanges, finalsToReopen, givenToFinals } from './final-changes.ts';
import { openNumbers } from './open-numbers.ts';
import { counts } from './seen.ts';
import type { FinalPlaces } from './spec.ts';
import { changedGiven, changedStudy, changesBeyondWords, isReordered, studyChanges } from './study-changes.ts';
import { markPhase } from './study-news.ts';
import { onlyPhase, phaseOf, type StudyState, studyReader } from './study-state.ts';

export interface BeginOptions {
  /** What to do where code or inputs are others than those of finished trials; without it that is refused. */
  readonly changed?: 'rerun' | 'mix';
  /** Failed trials, and failed final runs, are to be run again. */
  readonly retryFailed?: boolean;
  /** Whether there is more to run than trials: replicates of those in the race, final runs. */
  readonly hasMore?: (state: StudyState) => boolean;
}

/** What makes two studies the same, and what its trials are given from outside. */
export interface StudyOrigin {
  /** With another one results do not belong together; but its search and its words may change: see study-changes.ts. */
  readonly identity: Readonly<Record<string, JsonValue>>;
  /** By stage, in the fields of its key; empty where no stages are run. */
  readonly given: Readonly<Record<string, JsonValue>>;
  /** The same of the stages that final runs have beyond those of a trial; absent where there are to be none. */
  readonly givenFinal?: Readonly<Record<string, JsonValue>>;
  /** Where in the sweep file what they are stands. */
  readonly finalPlaces?: FinalPlaces;
  /** The sweep file's text, kept for people. */
  readonly text?: string;
}

/** Throws {@link UserError} where a study of this name asked otherwise, or ran other code. */
export async function beginStudy(
  definition: StudyDefinition,
  origin: StudyOrigin,
  layout: Layout,
  options: BeginOptions = {},
): Promise<StudyState> {
  const { journals, news, spec: specFile } = layout.study(definition.name);
  const reader = studyReader(journals);
  const before = await reader.read();
  const begin = beginning(definition, before, origin, options);
  if (begin !== undefined) {
    say(definition, journals, origin, begin);
    if (before.started === undefined && origin.text !== undefined) await createExclusive(specFile, origin.text);
  }
  const state = await reader.read(); // again: of two that began it at the same moment with different files one is refused
  const phaseSpec = state.phase?.spec ?? null;
  const { number } = phaseOf(state);
  if (number > 0) await markPhase(news, number); // also where who began it died before
  const refused = changesBeyondWords(phaseSpec, origin.identity);
  if (refused.length > 0) throw changedStudy(definition.name, refused, phaseSpec, origin.identity);
  const finals = finalsToReopen(state, origin.identity, options.retryFailed === true);
  const trials = options.retryFailed === true ? failedTrials(definition, state, phaseOf(state)) : [];
  if (trials.length + finals.length > 0) reopen(definition, journals, trials, finals);
  return reader.read();
}

/** Whether what the study searches now is what an identity says; its words aside. */
export function isSearched({ phase }: StudyState, identity: StudyOrigin['identity']): boolean {
  if (phase === undefined || isReordered(phase.spec, identity)) return false;
  return changesBeyondWords(phase.spec, identity).length === 0;
}

type Beginning = Pick<StudyStarted, 'phase' | 'given' | 'givenFinal'>;

/** What is put on record; undefined where it goes on as it was. */
function beginning(
  definition: StudyDefinition,
  state: StudyState,
  { identity, given, givenFinal, finalPlaces }: StudyOrigin,
  options: BeginOptions,
): Beginning | undefined {
  const today = givenFinal === undefined ? { given } : { given, givenFinal };
  if (state.started === undefined || state.phase === undefined) return { phase: onlyPhase, ...today };
  const phase = phaseOf(state);
  const { refused, ofSearch, ofCurves } = studyChanges(state.phase.spec, identity);
  if (refused.length > 0) throw changedStudy(definition.name, refused, state.phase.spec, identity);
  const first = [...state.trials.keys()].reduce((most, number) => Math.max(most, number), -1) + 1;
  const comparable = ofCurves ? { comparable: first } : {};
  const next: StudyPhase = { ...phase, ...comparable, number: phase.number + 1, first };
  const ofTrials = state.phase.given === undefined ? [] : fingerprintChanges(state.phase.given, given);
  const finals = givenToFinals(state, givenFinal);
  const others = [...ofTrials, ...finals.changes];
  if (others.length > 0 && options.changed === 'rerun') {
    const { mixed: _, ...unmixed } = next;
    return { phase: { ...unmixed, counted: first }, ...today };
  }
  const otherFinal = finalChanges(state, identity);
  if (otherFinal.length > 0) throw changedFinal(definition.name, otherFinal, finalPlaces);
  if (others.length > 0 && options.changed === 'mix') return { phase: { ...next, mixed: true }, ...today };
  if (others.length > 0 && isOpen(definition, state, ofSearch ? next : phase, identity, options))
    throw changedGiven(definition.name, others);
  if (ofSearch) return { phase: next, given, ...finals.said };
  const isSaid =
    fingerprintChanges(state.said?.spec ?? null, identity).length === 0 &&
    fingerprintChanges(state.said?.givenFinal ?? {}, finals.said.givenFinal ?? {}).length === 0;
  return isSaid ? undefined : { phase, given: state.phase.given ?? given, ...finals.said };
}

/** Whether anything would be run in the phase. */
function isOpen(
  definition: StudyDefinition,
  state: StudyState,
  phase: StudyPhase,
  identity: StudyOrigin['identity'],
  { retryFailed, hasMore }: BeginOptions,
): boolean {
  if (!openNumbers(definition, state, phase).next().done || hasMore?.(state) === true) return true;
  if (finalsToReopen(state, identity, retryFailed === true).length > 0) return true;
  return retryFailed === true && failedTrials(definition, state, phase).length > 0;
}

/** Puts on record what the study is and asks. */
function say({ name }: StudyDefinition, journals: string, { identity }: StudyOrigin, more: Beginning): void {
  const journal = openJournal(journals);
  journal.append({ type: 'study-started', at: Date.now(), study: name, spec: identity as JsonValue, ...more });
  journal.close();
}

function failedTrials(definition: StudyDefinition, state: StudyState, phase: StudyPhase): TrialTold[] {
  return [...state.trials.values()].flatMap((trial) =>
    trial.told?.state === 'failed' && counts(definition, trial, phase) ? [trial.told] : [],
  );
}

function reopen(
  { name: study }: StudyDefinition,
  journals: string,
  trials: readonly TrialTold[],
  finals: readonly FinalTold[],
): void {
  const journal = openJournal(journals);
  const after = (at: number) => Math.max(Date.now(), at + 1);
  for (const { trial, at } of trials) journal.append({ type: 'trial-reopened', at: after(at), study, trial });
  for (const { trial, replicate, at } of finals)
    journal.append({ type: 'final-reopened', at: after(at), study, trial, replicate });
  journal.close();
}
