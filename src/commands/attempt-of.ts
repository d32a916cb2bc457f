/** From what a person types to the attempt whose outputs are meant: the one that tables and pages show. */
import type { AttemptId } from '../events.ts';
import { withIndex } from '../record/open-index.ts';
import { attemptNumbers } from '../store/attempts.ts';
import { findRun } from '../store/find-run.ts';
import type { Layout } from '../store/layout.ts';

/**
 * With `@n` that attempt; else the complete one that speaks for the run, and of a run without one the newest that ended.
 * Throws UserError where no run, or more than one, begins so.
 */
export async function attemptOf(layout: Layout, typed: string): Promise<AttemptId> {
  const newest = await findRun(layout, typed);
  const { configHash } = newest;
  // The record is asked only where there is a choice: a script may ask for many paths.
  if (typed.includes('@') || (await attemptNumbers(layout, configHash)).length < 2) return newest;
  const speaking = await withIndex(layout, (index) => index.speaker(configHash));
  return speaking?.status === 'complete' ? { configHash, attempt: speaking.attempt } : newest;
}
