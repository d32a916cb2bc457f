/** Where `-o` leads: files, links, folders, and what is no file. */
import { lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { writeOutput } from '../../src/commands/write-output.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

test('a link stays one, and what it leads to is written, be it there or not', async () => {
  const folder = temporaryFolder();
  const at = (name: string) => join(folder, name);
  writeFileSync(at('old.csv'), 'old');
  symlinkSync('old.csv', at('link.csv'));
  symlinkSync('new.csv', at('ahead.csv'));
  for (const [link, file] of [
    ['link.csv', 'old.csv'],
    ['ahead.csv', 'new.csv'],
  ] as const) {
    expect(await writeOutput(at(link), 'text')).toBe(at(link));
    expect(lstatSync(at(link)).isSymbolicLink()).toBe(true);
    expect(readFileSync(at(file), 'utf8')).toBe('text');
  }
});

test('a pipe is written into, and stays one', async () => {
  const pipe = join(temporaryFolder(), 'pipe');
  await execa('mkfifo', [pipe]);
  const [read] = await Promise.all([readFile(pipe, 'utf8'), writeOutput(pipe, 'text')]);
  expect(read).toBe('text');
  expect(lstatSync(pipe).isFIFO()).toBe(true);
});

test('a folder is a mistake, and stays as it is', async () => {
  const folder = join(temporaryFolder(), 'tables');
  mkdirSync(folder);
  await expect(writeOutput(folder, 'text')).rejects.toThrow('is a folder');
  expect(lstatSync(folder).isDirectory()).toBe(true);
});
