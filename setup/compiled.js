/** Compiled files kept in the user's cache, so that the next clone need not compile. Node-API binaries fit any Node. */
import { cpSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { cacheFolder } from './places.js';

/**
 * @param {string} key names the package, its version and all it was compiled against
 * @param {string} file the compiled file
 */
function cached(key, file) {
  return join(cacheFolder(), 'compiled', `${key}-${process.platform}-${process.arch}`, basename(file));
}

/**
 * @param {string} key
 * @param {string} file
 */
export function hasCompiled(key, file) {
  return existsSync(cached(key, file));
}

/**
 * @param {string} key
 * @param {string} file
 * @returns {boolean} whether it was there
 */
export function takeCompiled(key, file) {
  const from = cached(key, file);
  if (!existsSync(from)) return false;
  copyAtomic(from, file);
  return true;
}

/**
 * @param {string} key
 * @param {string} file
 */
export function keepCompiled(key, file) {
  copyAtomic(file, cached(key, file));
}

/**
 * @param {string} from
 * @param {string} to
 */
function copyAtomic(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  const temporary = `${to}.${process.pid}.tmp`;
  cpSync(from, temporary);
  renameSync(temporary, to);
}
