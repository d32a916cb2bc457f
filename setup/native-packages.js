/**
 * Puts back packages with compiled parts that npm dropped: they are optional dependencies, whose install scripts fail
 * where the hosts of their prebuilt binaries cannot be reached, and npm 10 then removes them.
 */

import { npm } from './npm.js';
import { installedFolder, nativeFolder } from './places.js';
import { lastLines } from './run-quietly.js';
import { say } from './say.js';

const packages = ['@tensorflow/tfjs-node', 'sqlite3'];

/** @returns {Promise<void>} */
export async function ensureNativePackages() {
  const missing = packages.filter((name) => installedFolder(name) === undefined);
  if (missing.length === 0) return;
  say(`installing ${missing.join(' and ')} into native/, without their install scripts`);
  const { ok, output } = await npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund'], nativeFolder);
  if (!ok) say(`npm could not install them:\n${lastLines(output)}`);
}
