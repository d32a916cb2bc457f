/** Begins a study, or goes on with one: as it was, or with another search, which is a phase of its own. */
import { UserError } from '../errors.ts';
import type { StudyPhase, StudyStarted, TrialTold } from '../events.ts';
import type { JsonValue } from '../pipeline/types.ts';
import { type FieldChange, fingerprintChanges } from '../plan/fingerprint.ts';
import { openJournal } from '../record/journal.ts';
import { createExclusive } from '../store/files.ts';
import type { Layout } from '../store/layout.ts';
import type { StudyDefinition } from './definition.ts';
import { openNumbers } from './open-numbers.ts';
import { counts } from './seen.ts';
import { onlyPhase, phaseOf, type StudyState, studyReader } from './study-state.ts';

export interface BeginOptions {
  /** What to do where code or inputs are others than those of finished trials; without it that is refused. */
  readonly changed?: 'rerun' | 'mix';
  /** Failed trials are to be run again. */
  readonly retryFailed?: boolean;
  /** Whether there is more to run than trials: replicates of those in the race, final runs. */
  readonly hasMore?: (state: StudyState) => boolean;
}

/** What makes two studies the same, and what its trials are given from outside. */
export interface StudyOrigin {
  /** With another one results do not belong together; but {@link searchParts} and {@link wordParts} may change. */
  readonly identity: Readonly<Record<string, JsonValue>>;
  /** By stage, in the fields of its key; empty where no stages are run. */
  readonly given: Readonly<Record<string, JsonValue>>;
  /** The sweep file's text, kept for people. */
  readonly text?: string;
}

/** The parts of an identity that may change in a study that goes on: what it searches, and how. */
export const searchParts = ['sampler', 'pruner', 'parameters', 'constraints', 'stratify'] as const;
/** And its words. */
export const wordParts = ['question', 'split_by'] as const;

/** Throws {@link UserError} where a study of this name asked otherwise, or ran other code. */
export async function beginStudy(
  definition: StudyDefinition,
  origin: StudyOrigin,
  layout: Layout,
  options: BeginOptions = {},
): Promise<StudyState> {
  const { journals, spec: specFile } = layout.study(definition.name);
  const reader = studyReader(journals);
  const before = await reader.read();
  const begin = beginning(definition, before, origin, options);
  if (begin !== undefined) {
    say(definition, journals, origin, begin);
    if (before.started === undefined && origin.text !== undefined) await createExclusive(specFile, origin.text);
  }
  const state = await reader.read(); // again: of two that began it at the same moment with different files one is refused
  const changes = fingerprintChanges(state.phase?.spec ?? null, origin.identity);
  const refused = changes.filter(({ field }) => !isPart(field, wordParts));
  if (refused.length > 0) throw changedStudy(definition.name, refused, state.phase?.spec ?? null, origin.identity);
  if (options.retryFailed === true) reopen(definition, journals, failedTrials(definition, state, phaseOf(state)));
  return reader.read();
}

/** Whether what the study searches now is what an identity says; its words aside. */
export function isSearched({ phase }: StudyState, identity: StudyOrigin['identity']): boolean {
  if (phase === undefined || isReordered(phase.spec, identity)) return false;
  return fingerprintChanges(phase.spec, identity).every(({ field }) => isPart(field, wordParts));
}

/** What is put on record; undefined where it goes on as it was. */
function beginning(
  definition: StudyDefinition,
  state: StudyState,
  { identity, given }: StudyOrigin,
  options: BeginOptions,
): Pick<StudyStarted, 'phase' | 'given'> | undefined {
  if (state.started === undefined || state.phase === undefined) return { phase: onlyPhase, given };
  const phase = phaseOf(state);
  const changes = fingerprintChanges(state.phase.spec, identity);
  const refused = changes.filter(
    (change) => !isPart(change.field, [...searchParts, ...wordParts]) && !isListed(change),
  );
  if (refused.length > 0) throw changedStudy(definition.name, refused, state.phase.spec, identity);
  const first = [...state.trials.keys()].reduce((most, number) => Math.max(most, number), -1) + 1;
  const isOther = changes.some(({ field }) => isPart(field, searchParts)) || isReordered(state.phase.spec, identity);
  const comparable = changes.some(({ field }) => field === 'pruner' || isPart(field, prunedSeries))
    ? { comparable: first }
    : {};
  const next: StudyPhase = { ...phase, ...comparable, number: phase.number + 1, first };
  const others = state.phase.given === undefined ? [] : fingerprintChanges(state.phase.given, given);
  if (others.length > 0 && options.changed === 'rerun') {
    const { mixed: _, ...unmixed } = next;
    return { phase: { ...unmixed, counted: first }, given };
  }
  if (others.length > 0 && options.changed === 'mix') return { phase: { ...next, mixed: true }, given };
  if (others.length > 0 && isOpen(definition, state, isOther ? next : phase, options))
    throw changedGiven(definition.name, others);
  if (isOther) return { phase: next, given };
  const said = fingerprintChanges(state.said?.spec ?? null, identity);
  return said.length === 0 ? undefined : { phase, given: state.phase.given ?? given };
}

/** What the pruner reads: curves of another series are no measure of it. */
const prunedSeries = ['pruner.metric'] as const;

/** Whether anything would be run in the phase. */
function isOpen(
  definition: StudyDefinition,
  state: StudyState,
  phase: StudyPhase,
  { retryFailed, hasMore }: BeginOptions,
): boolean {
  if (!openNumbers(definition, state, phase).next().done || hasMore?.(state) === true) return true;
  return retryFailed === true && failedTrials(definition, state, phase).length > 0;
}

/** A grid takes its points in the order of the parameters: in another one its numbers are other points. */
function isReordered(before: JsonValue, after: StudyOrigin['identity']): boolean {
  const order = (spec: unknown) => Object.keys((spec as { readonly parameters?: object }).parameters ?? {});
  return order(before).join('\n') !== order(after).join('\n');
}

/** Puts on record what the study is and asks. */
function say(
  { name }: StudyDefinition,
  journals: string,
  { identity }: StudyOrigin,
  more: Pick<StudyStarted, 'phase' | 'given'>,
): void {
  const journal = openJournal(journals);
  journal.append({ type: 'study-started', at: Date.now(), study: name, spec: identity as JsonValue, ...more });
  journal.close();
}

function failedTrials(definition: StudyDefinition, state: StudyState, phase: StudyPhase): TrialTold[] {
  return [...state.trials.values()].flatMap((trial) =>
    trial.told?.state === 'failed' && counts(definition, trial, phase) ? [trial.told] : [],
  );
}

function reopen({ name }: StudyDefinition, journals: string, failed: readonly TrialTold[]): void {
  const journal = openJournal(journals);
  for (const { trial, at } of failed)
    journal.append({ type: 'trial-reopened', at: Math.max(Date.now(), at + 1), study: name, trial });
  journal.close();
}

/** An overlay that is listed now or no more is a change of the search; one that says something else is none. */
function isListed({ field, before, after }: FieldChange): boolean {
  return isPart(field, ['overlays']) && (before === undefined || after === undefined);
}

/** Whether a dotted field is one of the parts, or in one. */
function isPart(field: string, parts: readonly string[]): boolean {
  return parts.some((part) => field === part || field.startsWith(`${part}.`));
}

const shownChanges = 5;

/** What is said of a field that is not there. */
interface Absent {
  readonly before: (field: string) => string;
  readonly after: (field: string) => string;
}

function changedStudy(
  name: string,
  changes: readonly FieldChange[],
  before: JsonValue,
  after: StudyOrigin['identity'],
): UserError {
  const absent = {
    before: (field: string) => absentText(before, field),
    after: (field: string) => absentText(after, field),
  };
  return new UserError(
    [`the study "${name}" was begun with other settings:`, ...listed(changes, absent)].join('\n'),
    `results of different questions do not belong together: begin another one, --name ${name}-2 or another name in the file`,
  );
}

function changedGiven(name: string, changes: readonly FieldChange[]): UserError {
  return new UserError(
    [`the study "${name}" has results of other code or inputs:`, ...listed(changes)].join('\n'),
    '--rerun runs its points again with those of today; --mix keeps what is finished and goes on, and the study says so',
  );
}

/** A param that is swept is none of those that are the same for every trial. */
function absentText(identity: unknown, field: string): string {
  const { parameters } = (identity ?? {}) as { readonly parameters?: object };
  const isSwept = field.startsWith('params.') && field.slice('params.'.length) in (parameters ?? {});
  return isSwept ? 'swept' : nothing();
}

const nothing = () => 'nothing';

function listed(changes: readonly FieldChange[], absent = { before: nothing, after: nothing } as Absent): string[] {
  const shown = changes.slice(0, shownChanges).map(({ field, before, after }) => {
    const was = before === undefined ? absent.before(field) : valueText(before);
    return `  ${field}: ${was} → ${after === undefined ? absent.after(field) : valueText(after)}`;
  });
  return [...shown, ...(changes.length > shownChanges ? [`  and ${changes.length - shownChanges} more`] : [])];
}

/** Of a hash its first digits. */
function valueText(value: JsonValue): string {
  if (typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)) return value.slice(0, 12);
  return JSON.stringify(value);
}
