/** Where things are: this package, its compiled dependencies, the user's cache, Node's headers, programs. */
import { accessSync, constants, existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this package. */
export const packageFolder = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Whether a module is the one that was started, by whatever links its path was given.
 * @param {string} url its import.meta.url
 */
export function isMain(url) {
  return process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(url);
}

/** Where packages with compiled parts are installed. */
export const nativeFolder = join(packageFolder, 'native');

/** Requires from native/node_modules. */
export const nativeRequire = createRequire(join(nativeFolder, 'package.json'));

/** @returns {string} the user's cache folder for this package, shared by every clone */
export function cacheFolder() {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'retrial');
}

/**
 * @param {string} name
 * @returns {string | undefined} the folder a native package is installed in
 */
export function installedFolder(name) {
  const folder = join(nativeFolder, 'node_modules', ...name.split('/'));
  return existsSync(join(folder, 'package.json')) ? folder : undefined;
}

/**
 * Headers beside the running Node, so that building needs no download.
 * @returns {string | undefined} the folder that has include/node
 */
export function nodeHeaders() {
  const folder = dirname(dirname(process.execPath));
  return existsSync(join(folder, 'include', 'node', 'node_api.h')) ? folder : undefined;
}

/** node-gyp's option for them; without, it downloads them. @returns {string[]} */
export function nodedirOption() {
  const headers = nodeHeaders();
  return headers === undefined ? [] : [`--nodedir=${headers}`];
}

/** What compiling needs, any of each. */
const toolchain = [
  ['c++', 'g++', 'clang++'],
  ['make', 'gmake'],
  ['python3', 'python'],
];

/** @returns {boolean} whether node-gyp has what it needs */
export function canCompile() {
  return process.platform === 'win32' || toolchain.every((programs) => programs.some(onPath));
}

/** @param {string} program */
export function onPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
