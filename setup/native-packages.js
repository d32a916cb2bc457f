/**
 * tfjs-node and sqlite3, installed in native/ by a lock of their own and without their install scripts. Those scripts
 * download from hosts that many networks do not reach, and where they fail npm either fails the whole installation or
 * removes the package after this set-up has completed it. So they are no dependencies of package.json: every npm, in a
 * clone as in a packed Retrial, gets them this one way.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm } from './npm.js';
import { nativeFolder } from './places.js';
import { lastLines } from './run-quietly.js';
import { say } from './say.js';

/** Inside node_modules, which `npm ci` empties first: an interrupted installation leaves none. */
const stamp = join(nativeFolder, 'node_modules', '.retrial-lock');

/** @returns {boolean} whether native/node_modules holds what its lock says */
export function nativePackagesInstalled() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === lockHash();
}

/** @returns {Promise<void>} */
export async function ensureNativePackages() {
  if (nativePackagesInstalled()) return;
  say('installing tfjs-node and sqlite3 into native/');
  const { ok, output } = await npm(['ci', '--ignore-scripts', '--include=prod', '--include=optional'], nativeFolder);
  if (ok) writeFileSync(stamp, lockHash());
  else say(`npm could not install them:\n${lastLines(output)}`);
}

/** Of the lock the native packages are installed by. */
export function lockHash() {
  const lock = readFileSync(join(nativeFolder, 'package-lock.json'));
  return createHash('sha256').update(lock).digest('hex');
}
