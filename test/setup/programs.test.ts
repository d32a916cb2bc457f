import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { hasCompiled, keepCompiled, takeCompiled } from '../../setup/compiled.js';
import { canCompile } from '../../setup/places.js';
import { lastLines, runQuietly } from '../../setup/run-quietly.js';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

test('what a program wrote is kept to be shown when it fails', async () => {
  const script = `console.log('first'); console.error('second'); process.exit(3)`;
  const { ok, output } = await runQuietly(process.execPath, ['-e', script]);
  expect(ok).toBe(false);
  expect(output.split('\n').sort()).toEqual(['', 'first', 'second']);
  expect(lastLines('a\nb\nc\n', 2)).toBe('b\nc');
});

test('a program that is not there has failed, and one that does not end is ended', async () => {
  expect((await runQuietly('retrial-no-such-program', [])).ok).toBe(false);
  const { ok, output } = await runQuietly(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { timeoutMs: 200 });
  expect(ok).toBe(false);
  expect(output).toContain('ended by SIGTERM');
});

test('a compiled file is kept for the next clone of the same user', () => {
  vi.stubEnv('XDG_CACHE_HOME', temporaryFolder());
  const folder = temporaryFolder();
  const [built, wanted] = ['one', 'two'].map((clone) => join(folder, clone, 'lib', 'a.node')) as [string, string];
  expect(takeCompiled('a-1', wanted)).toBe(false);
  mkdirSync(dirname(built), { recursive: true });
  writeFileSync(built, 'binary');
  keepCompiled('a-1', built);
  expect(hasCompiled('a-1', wanted)).toBe(true);
  expect(hasCompiled('a-2', wanted)).toBe(false);
  expect(takeCompiled('a-1', wanted)).toBe(true);
  expect(readFileSync(wanted, 'utf8')).toBe('binary');
});

test('nothing is compiled where the tools for it are not on the path', () => {
  vi.stubEnv('PATH', temporaryFolder());
  expect(canCompile()).toBe(false);
});
