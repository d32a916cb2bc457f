/** Begins a study, or goes on with one that asks the same. */
import { UserError } from '../errors.ts';
import type { JsonValue } from '../pipeline/types.ts';
import { type FieldChange, fingerprintChanges } from '../plan/fingerprint.ts';
import { openJournal } from '../record/journal.ts';
import { createExclusive } from '../store/files.ts';
import type { Layout } from '../store/layout.ts';
import { type SweepSpec, studyIdentity } from './spec.ts';
import { studyReader } from './study.ts';

/** Its words may change; what it searched, from what and for what may not. */
const free = ['question', 'split_by'];

/** @returns how many of its trials are finished already. Throws {@link UserError} where a study of this name asked otherwise. */
export async function beginStudy(spec: SweepSpec, layout: Layout): Promise<number> {
  const { journals, spec: specFile } = layout.study(spec.name);
  const reader = studyReader(journals);
  if ((await reader.read()).started === undefined) {
    say(spec, journals);
    await createExclusive(specFile, spec.text);
  }
  const state = await reader.read(); // again: of two that began it at the same moment with different files one is refused
  const changes = fingerprintChanges(state.started?.spec ?? null, studyIdentity(spec));
  const refused = changes.filter(({ field }) => !free.includes(field));
  if (refused.length > 0) throw changedStudy(spec.name, refused);
  if (fingerprintChanges(state.said?.spec ?? null, studyIdentity(spec)).length > 0) say(spec, journals);
  // Those beyond a budget that has become smaller are kept, and stand for none within it.
  return [...state.trials.values()].filter(({ number, told }) => told !== undefined && number < spec.trials).length;
}

/** Puts on record what the study is and asks. */
function say(spec: SweepSpec, journals: string): void {
  const journal = openJournal(journals);
  const identity = studyIdentity(spec) as JsonValue;
  journal.append({ type: 'study-started', at: Date.now(), study: spec.name, spec: identity });
  journal.close();
}

const shownChanges = 5;

function changedStudy(name: string, changes: readonly FieldChange[]): UserError {
  const shown = changes
    .slice(0, shownChanges)
    .map(({ field, before, after }) => `  ${field}: ${JSON.stringify(before)} → ${JSON.stringify(after)}`);
  const more = changes.length > shownChanges ? [`  and ${changes.length - shownChanges} more`] : [];
  return new UserError(
    [`the study "${name}" was begun with other settings:`, ...shown, ...more].join('\n'),
    'results of different questions do not belong together: begin another one under another name',
  );
}
