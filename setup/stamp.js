/** Remembers what the set-up got, for as long as what it was made from has not changed. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { canCompile, installedFolder, nativeFolder, packageFolder } from './places.js';
import { wantsNative } from './tensorflow.js';

const stampFile = join(nativeFolder, '.setup.json');
const files = ['native/package-lock.json', 'setup/tensorflow-wheel.js', 'setup/tensorflow.js', 'setup/sqlite.js'];

/** A compiler that was installed since, or a cache that was emptied, is a reason to look again. */
function subject() {
  const hash = createHash('sha256');
  for (const name of files) hash.update(`${name}\n`).update(readFileSync(join(packageFolder, name)));
  const compiled = [
    '@tensorflow/tfjs-node/lib',
    '@tensorflow/tfjs-node/deps/lib/libtensorflow.so.2',
    'sqlite3/build',
  ].map((path) => existsSync(join(nativeFolder, 'node_modules', path)));
  const machine = [process.versions.modules, process.platform, process.arch, canCompile(), wantsNative()];
  return hash.update(JSON.stringify([packageFolder, machine, compiled])).digest('hex');
}

export function needsSetup() {
  if (installedFolder('sqlite3') === undefined) return true;
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8')).subject !== subject();
  } catch {
    return true;
  }
}

/** @param {{ sqlite: boolean, tensorflow: boolean }} got */
export function noteSetup(got) {
  writeFileSync(stampFile, `${JSON.stringify({ subject: subject(), ...got })}\n`);
}
