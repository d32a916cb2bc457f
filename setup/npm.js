/** npm, the one that runs this where one does. */
import { existsSync } from 'node:fs';
import { runQuietly } from './run-quietly.js';

/** Set for npm's own children: a set-up within a set-up does nothing. */
export const withinSetup = 'RETRIAL_SETUP_RUNNING';

/**
 * @param {readonly string[]} args
 * @param {string} cwd
 */
export function npm(args, cwd) {
  const env = { ...process.env, [withinSetup]: '1' };
  const script = process.env.npm_execpath;
  if (script !== undefined && /npm-cli\.c?js$/.test(script) && existsSync(script))
    return runQuietly(process.execPath, [script, ...args], { cwd, env });
  return runQuietly('npm', args, { cwd, env });
}
