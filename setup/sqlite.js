/** sqlite3's binding: as it is where it loads, else from the cache, else compiled, else its prebuilt file. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { keepCompiled, takeCompiled } from './compiled.js';
import { canCompile, installedFolder, nativeRequire, nodedirOption } from './places.js';
import { lastLines, runQuietly } from './run-quietly.js';
import { say } from './say.js';

const downloadTimeoutMs = 60_000;

/**
 * In a process of its own: a binding that fails to load cannot be loaded again in the same one.
 * @returns {Promise<boolean>}
 */
async function sqliteLoads() {
  const folder = installedFolder('sqlite3');
  if (folder === undefined) return false;
  return (await runQuietly(process.execPath, ['-e', `require(${JSON.stringify(folder)})`])).ok;
}

/** @returns {Promise<boolean>} whether SQLite can be used */
export async function ensureSqlite() {
  const folder = installedFolder('sqlite3');
  if (folder === undefined) return false;
  const file = join(folder, 'build', 'Release', 'node_sqlite3.node');
  const key = `sqlite3-${nativeRequire('sqlite3/package.json').version}`;
  if (await sqliteLoads()) return true;
  if (takeCompiled(key, file) && (await sqliteLoads())) return true;
  if (!(await prebuilt(folder)) && !(await compile(folder))) return false;
  keepCompiled(key, file);
  return true;
}

/** @param {string} folder */
async function prebuilt(folder) {
  const program = nativeRequire.resolve('prebuild-install/bin.js');
  const args = [program, '--runtime', 'napi'];
  const { ok } = await runQuietly(process.execPath, args, { cwd: folder, timeoutMs: downloadTimeoutMs });
  if (ok && (await sqliteLoads())) return true;
  rmSync(join(folder, 'build'), { recursive: true, force: true });
  return false;
}

/** @param {string} folder */
async function compile(folder) {
  if (!canCompile()) {
    say(
      'SQLite cannot be had: its binary cannot be downloaded, and compiling it needs a C++ compiler, make and python3',
    );
    return false;
  }
  say('compiling SQLite (about a minute, once for this user)');
  const args = [nativeRequire.resolve('node-gyp/bin/node-gyp.js'), 'rebuild', '--jobs=max', ...nodedirOption()];
  const { ok, output } = await runQuietly(process.execPath, args, { cwd: folder });
  if (ok && (await sqliteLoads())) return true;
  say(`SQLite could not be compiled; \`npx retrial doctor\` says what is needed:\n${lastLines(output)}`);
  return false;
}
