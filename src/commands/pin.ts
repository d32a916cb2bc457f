/** `retrial pin HASH`: gc never collects the results of a pinned run. */
import { exitCode } from '../errors.ts';
import { short } from '../hash.ts';
import { say } from '../record/mark.ts';
import { findRun } from '../store/find-run.ts';
import { layoutOf } from '../store/layout.ts';
import type { MarkOptions } from './tag.ts';

export async function pin(typed: string, { runsDir, remove }: MarkOptions): Promise<number> {
  const layout = layoutOf(runsDir);
  const id = await findRun(layout, typed);
  await say(layout, id, { type: 'run-marked', pinned: remove !== true });
  process.stderr.write(`${short(id.configHash)} ${remove === true ? 'no longer pinned' : 'pinned'}\n`);
  return exitCode.ok;
}
