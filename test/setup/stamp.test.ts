import { cpSync, existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test, vi } from 'vitest';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

type Stamp = typeof import('../../setup/stamp.js');

/** The set-up of another clone, whose native packages are this one's. */
async function stampOfClone(): Promise<Stamp> {
  const folder = temporaryFolder();
  cpSync(join(root, 'setup'), join(folder, 'setup'), { recursive: true });
  cpSync(join(root, 'package.json'), join(folder, 'package.json'));
  mkdirSync(join(folder, 'native'));
  for (const name of ['package.json', 'package-lock.json'])
    cpSync(join(root, 'native', name), join(folder, 'native', name));
  symlinkSync(join(root, 'native', 'node_modules'), join(folder, 'native', 'node_modules'));
  return (await import(pathToFileURL(join(folder, 'setup', 'stamp.js')).href)) as Stamp;
}

test('a clone is set up once, and again where it was set up for something else', async () => {
  expect(existsSync(join(root, 'native', 'node_modules', 'sqlite3')), 'run npm ci').toBe(true);
  const { needsSetup, noteSetup } = await stampOfClone();
  expect(needsSetup()).toBe(true);
  vi.stubEnv('RETRIAL_TENSORFLOW', 'wasm');
  noteSetup({ sqlite: true, tensorflow: false });
  expect(needsSetup()).toBe(false);
  vi.stubEnv('RETRIAL_TENSORFLOW', '');
  expect(needsSetup()).toBe(true);
  vi.unstubAllEnvs();
});
