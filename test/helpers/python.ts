/**
 * A real Python with pandas and optuna, which read what is exported. `.ci/run` makes it; where there is none a test is
 * skipped, and says so; in CI it must be there.
 */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
const python = process.env.RETRIAL_TEST_PYTHON || join(cache, 'retrial', 'test-python', 'bin', 'python');

const isMissing = !existsSync(python);

/** Options for `describe`: skipped where it is missing, but not in CI. */
export const needsPython = { skip: isMissing && process.env.CI === undefined };
export const pythonSkipReason = needsPython.skip
  ? ` (skipped: ${python} is missing; test/python/install.sh test makes it, or RETRIAL_TEST_PYTHON names one with pandas and optuna)`
  : '';

/** What a program prints, as JSON; NaN and infinities by name. Warnings of its libraries are errors. */
export async function pythonJson<T>(program: string, ...args: readonly string[]): Promise<T> {
  if (isMissing)
    throw new Error(`${python} is missing: test/python/install.sh test makes it, or set RETRIAL_TEST_PYTHON`);
  const { stdout } = await execa(python, ['-W', 'error::UserWarning', '-c', program, ...args]);
  return JSON.parse(stdout) as T;
}
