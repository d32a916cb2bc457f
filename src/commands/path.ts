/** `retrial path HASH STAGE.OUT`: where a published output lies. */
import { exitCode } from '../errors.ts';
import { layoutOf } from '../store/layout.ts';
import type { ReadingOptions } from './reading.ts';
import { runOutput } from './run-output.ts';

/** @returns 1 where the output was collected or is damaged */
export async function path(run: string, output: string, { runsDir }: ReadingOptions): Promise<number> {
  const found = await runOutput(layoutOf(runsDir), run, output);
  if (found.ok) process.stdout.write(`${found.path}\n`);
  else process.stderr.write(`error: ${found.message}\n`);
  return found.ok ? exitCode.ok : exitCode.stageFailed;
}
