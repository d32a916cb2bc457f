/** What `npm start` and `npm test` begin with: whatever a bare clone lacks is installed; nothing is done twice. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm } from './npm.js';
import { packageFolder } from './places.js';
import { lastLines } from './run-quietly.js';
import { say } from './say.js';

/** Installs packages where they are missing or of another lock, then completes the set-up. */
export async function ensureSetUp() {
  if (!packagesFit(packageFolder)) {
    say('installing packages (npm ci)');
    const { ok, output } = await npm(['ci', '--include=dev', '--include=optional'], packageFolder);
    if (!ok) {
      say(`npm ci failed:\n${lastLines(output, 12)}`);
      process.exit(1);
    }
  }
  const { setUp } = await import('./setup.js'); // needs the packages
  await setUp();
}

/**
 * Whether node_modules holds what package-lock.json says. npm writes what it installed in the same form; packages for
 * other platforms are optional and not there.
 * @param {string} folder of the package
 */
export function packagesFit(folder) {
  const installed = join(folder, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  const found = lockedPackages(installed);
  return Object.entries(lockedPackages(join(folder, 'package-lock.json'))).every(
    ([path, { version, optional }]) => path === '' || found[path]?.version === version || (optional && !found[path]),
  );
}

/**
 * @param {string} file
 * @returns {Record<string, { version: string, optional?: boolean }>}
 */
function lockedPackages(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}
