/** Installs the packages of a rebuilt project from its recorded lock file. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors.ts';

/** Throws {@link UserError} where no lock file of npm is on record, or npm fails. What npm says goes to stderr. */
export async function installRecorded(root: string, signal: AbortSignal): Promise<void> {
  const locks = ['package-lock.json', 'npm-shrinkwrap.json'];
  if (!existsSync(join(root, 'package.json')) || !locks.some((name) => existsSync(join(root, name))))
    throw new UserError(
      'nothing to install from: the attempt has no package.json with a lock file of npm on record',
      'leave --install out to use the packages that are installed today',
    );
  const code = await npmCi(root, signal);
  if (code !== 0 && !signal.aborted)
    throw new UserError(`npm ci from the recorded lock file ended with ${code}`, 'what it said is above');
}

function npmCi(cwd: string, signal: AbortSignal): Promise<number | string> {
  const npm = spawn('npm', ['ci', '--no-audit', '--no-fund'], { cwd, signal, stdio: ['ignore', 2, 2] });
  return new Promise((resolve) => {
    npm.once('error', (error) => resolve(error.message));
    npm.once('close', (code, by) => resolve(code ?? by ?? 'unknown'));
  });
}
