/** Hashes of few files and of many, of small and of large ones, are what one pass over each would give. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { hashFiles, type SizedFile } from '../../src/store/hash-files.ts';
import { signaturesOf, stillStand } from '../../src/store/signatures.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const root = join(import.meta.dirname, '../..');
const sha256Of = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

function filesOf(count: number, sizeOf: (at: number) => number): SizedFile[] {
  const folder = temporaryFolder();
  return Array.from({ length: count }, (_, at) => {
    const path = join(folder, `file-${at}`);
    writeFileSync(path, `${at}\n`);
    truncateSync(path, sizeOf(at));
    return { path, size: sizeOf(at) };
  });
}

describe('hashes in the order of the files', () => {
  test.each([
    ['none', filesOf(0, () => 0)],
    ['a few small ones', filesOf(20, (at) => at * 100)],
    ['more than one batch', filesOf(1500, (at) => at)],
    ['a large one among small ones', filesOf(4, (at) => (at === 2 ? 40 << 20 : at))],
  ])('%s', async (_what, files) => {
    expect(await hashFiles(files)).toEqual(files.map(({ path }) => sha256Of(path)));
  });

  test('a file that is gone is an error with its code, in threads too, and the next files are hashed all the same', async () => {
    for (const count of [3, 1500]) {
      const files = filesOf(count, () => 10);
      rmSync(files[2]?.path ?? '');
      await expect(hashFiles(files)).rejects.toMatchObject({ code: 'ENOENT' });
    }
    const others = filesOf(1200, () => 5);
    expect(await hashFiles(others)).toEqual(others.map(({ path }) => sha256Of(path)));
  });
});

test('where threads die, those who wait for others are answered all the same', async () => {
  const folder = temporaryFolder();
  const count = availableParallelism();
  const files = (name: string) =>
    Array.from({ length: count }, (_, at) => {
      writeFileSync(join(folder, `${name}${at}`), name);
      truncateSync(join(folder, `${name}${at}`), 33 << 20); // a batch of its own
      return { path: join(folder, `${name}${at}`), size: 33 << 20 };
    });
  // As many threads as there may be die when they start, each with a file of the first caller.
  writeFileSync(
    join(folder, 'die.mjs'),
    `import { mkdirSync } from 'node:fs'; import { isMainThread } from 'node:worker_threads';
    if (!isMainThread) for (let at = 0; at < ${count}; at++) {
      let first = true;
      try { mkdirSync(${JSON.stringify(folder)} + '/died-' + at); } catch { first = false; }
      if (first) throw new Error('a thread died');
    }`,
  );
  writeFileSync(
    join(folder, 'hash.mjs'),
    `import { hashFiles } from ${JSON.stringify(join(root, 'src/store/hash-files.ts'))};
    const told = await Promise.allSettled(${JSON.stringify([files('a'), files('b')])}.map((some) => hashFiles(some)));
    console.log(JSON.stringify(told.map(({ reason, value }) => reason?.message ?? value)));`,
  );
  const loaded = ['--import', 'tsx', '--import', join(folder, 'die.mjs'), join(folder, 'hash.mjs')];
  const { stdout } = await execa(process.execPath, loaded, { cwd: root });
  expect(JSON.parse(stdout)).toEqual(['a thread died', files('b').map(({ path }) => sha256Of(path))]);
});

describe('signatures', () => {
  const later = Date.now() + 60_000;

  test('stand as long as nothing moved, and fall with any of it', () => {
    const changes: [string, (folder: string) => void][] = [
      ['a file written', (folder) => writeFileSync(join(folder, 'a'), 'other')],
      ['a file gone', (folder) => rmSync(join(folder, 'a'))],
      ['a file where none was', (folder) => writeFileSync(join(folder, 'missing'), '')],
      ['a file beside others', (folder) => writeFileSync(join(folder, 'inner', 'new'), '')],
      ['a folder in place of a file', (folder) => replaceByFolder(join(folder, 'a'))],
    ];
    for (const [what, change] of changes) {
      const folder = temporaryFolder();
      mkdirSync(join(folder, 'inner'));
      writeFileSync(join(folder, 'a'), 'text');
      const signatures =
        signaturesOf(
          ['a', 'missing', 'inner'].map((name) => join(folder, name)),
          later,
        ) ?? {};
      expect(stillStand(signatures), 'nothing').toBe(true);
      change(folder);
      expect(stillStand(signatures), what).toBe(false);
    }
  });

  test('are not taken of what changed so lately that another change could look the same', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a'), 'text');
    expect(signaturesOf([join(folder, 'a')], Date.now() + 1_000)).toBeUndefined();
  });
});

function replaceByFolder(path: string): void {
  rmSync(path);
  mkdirSync(path);
}
