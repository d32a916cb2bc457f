import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** A package with Retrial's set-up and command, whose only source is a small cli.ts with a part loaded when asked for. */
function smallPackage(): string {
  const folder = temporaryFolder();
  for (const name of ['setup', 'bin']) cpSync(join(root, name), join(folder, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  mkdirSync(join(folder, 'src'));
  writeFileSync(
    join(folder, 'src', 'cli.ts'),
    `import { parse } from 'yaml';
     const word: string = process.argv[2] === 'part' ? (await import('./part.ts')).word : parse('a: plain').a;
     console.log(word);`,
  );
  writeFileSync(join(folder, 'src', 'part.ts'), `export const word = 'part';`);
  return folder;
}

const build = (folder: string) =>
  spawnSync(process.execPath, [join(folder, 'setup', 'build.js')], { encoding: 'utf8' });
const run = (folder: string, ...args: string[]) =>
  spawnSync(process.execPath, [join(folder, 'bin', 'retrial.js'), ...args], { encoding: 'utf8' });

test('the command is compiled where its sources changed, and only there', () => {
  const folder = smallPackage();
  const uncompiled = run(folder);
  expect(uncompiled.status).toBe(2);
  expect(uncompiled.stderr).toContain('npm ci');

  expect(build(folder).stderr).toBe('setup: compiling src/ to dist/\n');
  expect(run(folder).stdout).toBe('plain\n');
  expect(run(folder, 'part').stdout).toBe('part\n');
  expect(readFileSync(join(folder, 'dist', 'cli.js'), 'utf8')).not.toContain("'part'");

  const before = statSync(join(folder, 'dist', 'cli.js'));
  expect(build(folder).stderr).toBe('');
  expect(statSync(join(folder, 'dist', 'cli.js')).ino).toBe(before.ino);

  writeFileSync(join(folder, 'src', 'part.ts'), `export const word = 'changed';`);
  build(folder);
  expect(run(folder, 'part').stdout).toBe('changed\n');
});

test('two that compile at once both end with the command in place, and leave nothing behind', async () => {
  const folder = smallPackage();
  const builds = [1, 2, 3].map(() => spawn(process.execPath, [join(folder, 'setup', 'build.js')], { stdio: 'ignore' }));
  for (const [code] of await Promise.all(builds.map((child) => once(child, 'close')))) expect(code).toBe(0);
  expect(run(folder).stdout).toBe('plain\n');
  expect(readdirSync(folder).filter((name) => name.startsWith('.dist'))).toEqual([]);
});

test('a mistake in a source leaves the command that was there', () => {
  const folder = smallPackage();
  build(folder);
  writeFileSync(join(folder, 'src', 'cli.ts'), 'const = ;');
  const failed = build(folder);
  expect(failed.status).not.toBe(0);
  expect(failed.stderr).toContain('src/cli.ts:1:6');
  expect(run(folder).stdout).toBe('plain\n');
  expect(existsSync(join(folder, 'dist', '.source'))).toBe(true);
});
