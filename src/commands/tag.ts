/**
 * `retrial tag HASH TAG…`: words to find a run by. Tagged runs keep their results. Tags, notes and pins are a run's,
 * whichever of its attempts is named.
 */
import { exitCode, UserError } from '../errors.ts';
import type { AttemptId } from '../events.ts';
import { short } from '../hash.ts';
import { say } from '../record/mark.ts';
import { withIndex } from '../record/open-index.ts';
import { findRun } from '../store/find-run.ts';
import { type Layout, layoutOf } from '../store/layout.ts';

export interface MarkOptions {
  /** The `runs/` folder, absolute. */
  readonly runsDir: string;
  /** Take it away instead. */
  readonly remove?: boolean;
}

/** Of any attempt of the run. Throws {@link UserError} for a tag that is not there. */
async function checkTagged(layout: Layout, { configHash }: AttemptId, tags: readonly string[]): Promise<void> {
  const attempts = await withIndex(layout, (index) => index.attempts(configHash));
  const there = [...new Set(attempts.flatMap((attempt) => attempt.tags))];
  const absent = tags.filter((one) => !there.includes(one));
  if (absent.length > 0)
    throw new UserError(
      `${short(configHash)} is not tagged ${absent.join(', ')}`,
      there.length === 0 ? 'it has no tags' : `its tags: ${there.join(', ')}`,
    );
}

export async function tag(typed: string, tags: readonly string[], { runsDir, remove }: MarkOptions): Promise<number> {
  const wrong = tags.find((one) => one.trim() === '' || /[\p{Cc}]/u.test(one));
  if (wrong !== undefined) throw new UserError(`${JSON.stringify(wrong)} is no tag`, 'a tag is a word or a few');
  const layout = layoutOf(runsDir);
  const id = await findRun(layout, typed);
  if (remove === true) await checkTagged(layout, id, tags);
  await say(layout, id, { type: 'run-marked', ...(remove === true ? { removeTags: tags } : { addTags: tags }) });
  process.stderr.write(`${short(id.configHash)} ${remove === true ? 'no longer ' : ''}tagged ${tags.join(', ')}\n`);
  return exitCode.ok;
}
