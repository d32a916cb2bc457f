/** In what a study that goes on differs from what it was: what may change, what begins a phase, and what is refused. */
import { UserError } from '../errors.ts';
import type { JsonValue } from '../pipeline/types.ts';
import { type FieldChange, fingerprintChanges } from '../plan/fingerprint.ts';

type Identity = Readonly<Record<string, JsonValue>>;

/** The parts of an identity that may change in a study that goes on: what it searches, and how. */
const searchParts = ['sampler', 'pruner', 'parameters', 'constraints', 'stratify'];
/** And its words. */
const wordParts = ['question', 'split_by', 'final'];
/** What the pruner reads: curves of another series are no measure of it. */
const prunedSeries = ['pruner.metric'];

/** Between what a phase was begun with and an identity. */
export interface StudyChanges {
  /** Changes that make it another study. */
  readonly refused: readonly FieldChange[];
  /** Whether it searches otherwise. */
  readonly ofSearch: boolean;
  /** Whether its trials report something else to the pruner, or to another pruner. */
  readonly ofCurves: boolean;
}

export function studyChanges(before: JsonValue, identity: Identity): StudyChanges {
  const changes = fingerprintChanges(before, identity);
  return {
    refused: changes.filter((change) => !isPart(change.field, [...searchParts, ...wordParts]) && !isListed(change)),
    ofSearch: changes.some(({ field }) => isPart(field, searchParts)) || isReordered(before, identity),
    ofCurves: changes.some(({ field }) => field === 'pruner' || isPart(field, prunedSeries)),
  };
}

/** All but those of its words. */
export function changesBeyondWords(before: JsonValue, identity: Identity): readonly FieldChange[] {
  return fingerprintChanges(before, identity).filter(({ field }) => !isPart(field, wordParts));
}

/** A grid takes its points in the order of the parameters: in another one its numbers are other points. */
export function isReordered(before: JsonValue, after: Identity): boolean {
  const order = (spec: unknown) => Object.keys((spec as { readonly parameters?: object }).parameters ?? {});
  return order(before).join('\n') !== order(after).join('\n');
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

export function changedStudy(
  name: string,
  changes: readonly FieldChange[],
  before: JsonValue,
  after: Identity,
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

export function changedGiven(name: string, changes: readonly FieldChange[]): UserError {
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
