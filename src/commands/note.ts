/** `retrial note HASH TEXT`: why a run was made, or what came of it. An empty text takes the note away. */
import { exitCode } from '../errors.ts';
import { short } from '../hash.ts';
import { say } from '../record/mark.ts';
import { findRun } from '../store/find-run.ts';
import { layoutOf } from '../store/layout.ts';
import type { MarkOptions } from './tag.ts';

export async function note(typed: string, text: string, { runsDir }: MarkOptions): Promise<number> {
  const layout = layoutOf(runsDir);
  const id = await findRun(layout, typed);
  await say(layout, id, { type: 'run-marked', note: text === '' ? null : text });
  process.stderr.write(`${short(id.configHash)} ${text === '' ? 'has no note now' : 'noted'}\n`);
  return exitCode.ok;
}
