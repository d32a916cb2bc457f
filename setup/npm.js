/** npm, the one that runs this where one does. */
import { existsSync } from 'node:fs';
import { runQuietly } from './run-quietly.js';

/** Set for npm's own children: a set-up within a set-up does nothing. */
export const withinSetup = 'RETRIAL_SETUP_RUNNING';

/** Options of the npm above, handed down in the environment, that mean that one's installation and not this. */
const ofThisFolder = ['--global=false', '--workspaces=false', '--dry-run=false', '--no-audit', '--no-fund'];

/**
 * @param {readonly string[]} args
 * @param {string} cwd
 */
export function npm(args, cwd) {
  const env = { ...process.env, [withinSetup]: '1' };
  const all = [...args, ...ofThisFolder, '--prefix', cwd];
  const script = process.env.npm_execpath;
  if (script !== undefined && /npm-cli\.c?js$/.test(script) && existsSync(script))
    return runQuietly(process.execPath, [script, ...all], { cwd, env });
  return runQuietly('npm', all, { cwd, env });
}
