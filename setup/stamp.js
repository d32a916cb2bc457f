/** Remembers that the set-up was completed, for as long as what it was made for has not changed. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { installedFolder, packageFolder } from './places.js';

const stampFile = join(packageFolder, 'native', '.setup.json');
const files = [
  'package-lock.json',
  'native/package-lock.json',
  'setup/tensorflow-wheel.js',
  'setup/tensorflow.js',
  'setup/sqlite.js',
];

/** What the set-up was made for: the locks, its own code, this Node, and where the packages are. */
function subject() {
  const hash = createHash('sha256');
  for (const name of files) {
    const file = join(packageFolder, name);
    if (existsSync(file)) hash.update(`${name}\n`).update(readFileSync(file));
  }
  const places = ['@tensorflow/tfjs-node', 'sqlite3'].map(installedFolder);
  const compiled = places.map((folder) => folder !== undefined && existsSync(join(folder, 'build')));
  return hash.update(JSON.stringify([process.versions.modules, process.arch, places, compiled])).digest('hex');
}

export function needsSetup() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8')).subject !== subject();
  } catch {
    return true;
  }
}

/** @param {{ sqlite: boolean, tensorflow: boolean }} got */
export function noteSetup(got) {
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, `${JSON.stringify({ subject: subject(), ...got })}\n`);
}
