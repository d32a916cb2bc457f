/** Where things are: this package, its compiled dependencies, the user's cache, Node's headers. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this package. */
export const packageFolder = dirname(dirname(fileURLToPath(import.meta.url)));

/** Where packages with compiled parts are installed when the package manager left them out. */
export const nativeFolder = join(packageFolder, 'native');

/** Looks in native/node_modules first, then where any import of this package would. */
export const nativeRequire = createRequire(join(nativeFolder, 'package.json'));

/** @returns {string} the user's cache folder for this package, shared by every clone */
export function cacheFolder() {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'retrial');
}

/**
 * @param {string} name
 * @returns {string | undefined} the folder a package is installed in
 */
export function installedFolder(name) {
  try {
    return dirname(nativeRequire.resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}

/**
 * Headers beside the running Node, so that building needs no download.
 * @returns {string | undefined} the folder that has include/node
 */
export function nodeHeaders() {
  const folder = dirname(dirname(process.execPath));
  return existsSync(join(folder, 'include', 'node', 'node_api.h')) ? folder : undefined;
}
