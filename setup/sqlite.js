/** sqlite3's binding: as it is where it loads, else from the cache, else its prebuilt file, else compiled. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { keepCompiled, takeCompiled } from './compiled.js';
import { installedFolder, nativeRequire, nodeHeaders } from './places.js';
import { lastLines, runQuietly } from './run-quietly.js';
import { say } from './say.js';

/**
 * In a process of its own: a binding that fails to load cannot be loaded again in the same one.
 * @returns {Promise<boolean>}
 */
export async function sqliteLoads() {
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
  if (await prebuilt(folder)) return true;
  say('compiling SQLite (about a minute, once for this user)');
  const headers = nodeHeaders();
  const args = [nativeRequire.resolve('node-gyp/bin/node-gyp.js'), 'rebuild'];
  const { ok, output } = await runQuietly(
    process.execPath,
    [...args, ...(headers === undefined ? [] : [`--nodedir=${headers}`])],
    { cwd: folder },
  );
  if (!ok || !(await sqliteLoads())) {
    say(`SQLite could not be compiled; \`retrial doctor\` says what is needed:\n${lastLines(output)}`);
    return false;
  }
  keepCompiled(key, file);
  say('SQLite is compiled');
  return true;
}

/** @param {string} folder */
async function prebuilt(folder) {
  const program = nativeRequire.resolve('prebuild-install/bin.js');
  const { ok } = await runQuietly(process.execPath, [program, '-r', 'napi'], { cwd: folder });
  if (ok && (await sqliteLoads())) return true;
  rmSync(join(folder, 'build'), { recursive: true, force: true });
  return false;
}
