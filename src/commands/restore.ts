/** `retrial restore FILE`: takes the runs of an archive into this project's record. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { exitCode } from '../errors.ts';
import type { AttemptId } from '../events.ts';
import { short } from '../hash.ts';
import { openJournal } from '../record/journal.ts';
import { beginUsing } from '../store/in-use.ts';
import { type Layout, layoutOf } from '../store/layout.ts';
import { restore as takeIn } from '../store/restore.ts';
import type { ReadingOptions } from './reading.ts';

/** @returns 1 where something of another content is here under the same name, which stays */
export async function restore(file: string, { runsDir }: Pick<ReadingOptions, 'runsDir'>): Promise<number> {
  const layout = layoutOf(runsDir);
  const using = beginUsing(layout, 'everything');
  try {
    const { attempts, there, conflicting, conflictingStudies, results, objects } = await takeIn(layout, resolve(file));
    await bringBack(layout, attempts);
    const before = there.length === 0 ? '' : ` (${there.length} were here)`;
    process.stderr.write(`restored ${attempts.length} attempts${before}, ${results} results, ${objects} objects\n`);
    for (const id of conflicting) process.stderr.write(`error: another attempt ${nameOf(id)} is here: it stays\n`);
    if (conflicting.length > 0)
      process.stderr.write(
        '  → the same configs were run here: restore into another project to have the archived ones\n',
      );
    for (const name of conflictingStudies)
      process.stderr.write(`error: another study "${name}" is here: its trials stay what they are\n`);
    return conflicting.length + conflictingStudies.length === 0 ? exitCode.ok : exitCode.stageFailed;
  } finally {
    using.end();
  }
}

/** Of those that were removed here the record is to speak again. */
async function bringBack(layout: Layout, attempts: readonly AttemptId[]): Promise<void> {
  const removed = attempts.filter(({ configHash }) => existsSync(layout.removed(configHash)));
  const journal = openJournal(layout.journals);
  for (const id of removed) journal.append({ type: 'run-removed', at: Date.now(), id, undone: true });
  journal.close();
}

const nameOf = ({ configHash, attempt }: AttemptId) => `${short(configHash)}@${attempt}`;
