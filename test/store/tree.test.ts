/** What a file or folder hashes to, and how little is read to know that it has not moved. */
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { hashFile, hashJson, sha256 } from '../../src/hash.ts';
import { openMemo } from '../../src/store/memo.ts';
import { readMemo } from '../../src/store/memo-file.ts';
import { hashTree, holdsWhenRead, sameTree, stillHolds } from '../../src/store/tree.ts';

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'retrial-tree-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

describe('hash', () => {
  test('of a file is that of its content', async () => {
    const path = join(folderWith({ a: 'text' }), 'a');
    expect(await hashTree(path)).toMatchObject({ kind: 'file', hash: sha256('text'), size: 4 });
  });

  test('of a folder does not depend on the order of writing, only on names and contents', async () => {
    const { hash } = await hashTree(folderWith({ b: '2', 'a/c': '1', 'a.b': '3' }));
    expect(await hashTree(folderWith({ 'a.b': '3', 'a/c': '1', b: '2' }))).toMatchObject({ hash, size: 3 });
    const others: Record<string, string>[] = [
      { b: '2', 'a/c': '1', 'a.b': '4' },
      { b: '2', 'a/d': '1', 'a.b': '3' },
      { b: '2', 'a/c': '1' },
    ];
    for (const other of others) expect((await hashTree(folderWith(other))).hash).not.toBe(hash);
  });

  test('knows what may be executed, of a file as of one in a folder; anything else hashes as it always did', async () => {
    const folder = folderWith({ a: 'text', b: '' });
    const before = await hashTree(folder);
    expect(before.hash).toBe(
      hashJson([
        ['a', sha256('text')],
        ['b', sha256('')],
      ]),
    );
    chmodSync(join(folder, 'a'), 0o755);
    expect((await hashTree(folder)).hash).not.toBe(before.hash);
    expect((await hashTree(join(folder, 'a'))).hash).not.toBe(sha256('text'));
    chmodSync(join(folder, 'a'), 0o644);
    expect((await hashTree(folder)).hash).toBe(before.hash);
  });

  test('tells a link from a file that says the same', async () => {
    const [linked, written] = [folderWith({ y: '' }), folderWith({ y: '', x: 'link y' })];
    symlinkSync('y', join(linked, 'x'));
    const [link, text] = [await hashTree(linked), await hashTree(written)];
    expect(link.hash).not.toBe(text.hash);
    expect(await stillHolds(linked, text)).toBe(false);
    expect(await stillHolds(written, link)).toBe(false);
  });

  test('is the same tree where what 0.1.0 recorded did not tell', async () => {
    const folder = folderWith({ a: 'text' });
    chmodSync(join(folder, 'a'), 0o755);
    const now = await hashTree(folder);
    const files = now.files.map(({ path, hash, size, mtimeNs }) => ({ path, hash, size, mtimeNs }));
    const then = { ...now, files, hash: hashJson(files.map(({ path, hash }) => [path, hash])) };
    expect(sameTree(then, now)).toBe(true);
    expect(await stillHolds(folder, then)).toBe(true);
    chmodSync(join(folder, 'a'), 0o644);
    expect(await stillHolds(folder, now)).toBe(false);
    expect(sameTree(await hashTree(folder), now)).toBe(false);
  });

  test('knows empty folders', async () => {
    const folder = folderWith({ a: '1' });
    const { hash } = await hashTree(folder);
    mkdirSync(join(folder, 'empty'));
    expect((await hashTree(folder)).hash).not.toBe(hash);
  });

  test('of links: kept where they stay inside, refused where they lead out or nowhere', async () => {
    const inside = folderWith({ a: '1' });
    symlinkSync('a', join(inside, 'link'));
    expect((await hashTree(inside)).files.map(({ path }) => path)).toEqual(['a', 'link']);
    for (const target of ['/etc/hostname', '../', 'missing']) {
      const folder = folderWith({ a: '1' });
      symlinkSync(target, join(folder, 'link'));
      await expect(hashTree(folder)).rejects.toThrow('link is a link that leads out of it, or nowhere');
    }
    await expect(hashTree(join(inside, 'link'))).rejects.toThrow('is a link');
  });

  test('of 2,000 files', async () => {
    const names = Array.from({ length: 2_000 }, (_, at) => `${at % 40}/${at}.txt`);
    const folder = folderWith(Object.fromEntries(names.map((name) => [name, name])));
    const content = await hashTree(folder);
    expect(content.files).toHaveLength(2_000);
    expect(await stillHolds(folder, content)).toBe(true);
    writeFileSync(join(folder, '39/1999.txt'), '39/1999.TXT');
    expect(await stillHolds(folder, content)).toBe(false);
  });
});

describe('still holds', () => {
  test.each([
    ['a file more', (folder: string) => writeFileSync(join(folder, 'more'), '')],
    ['a file less', (folder: string) => rmSync(join(folder, 'a'))],
    ['another name', (folder: string) => renameSync(join(folder, 'a'), join(folder, 'c'))],
    ['a folder in place of a file', turnIntoFolder],
    ['a file in a folder that was empty', (folder: string) => writeFileSync(join(folder, 'b/empty/new'), '')],
    ['nothing at all', (folder: string) => rmSync(folder, { recursive: true })],
  ])('not with %s', async (_what, change) => {
    const folder = folderWith({ a: '1', 'b/c': '2' });
    mkdirSync(join(folder, 'b/empty'));
    const content = await hashTree(folder);
    change(folder);
    expect(await stillHolds(folder, content)).toBe(false);
    expect(await holdsWhenRead(folder, content)).toBe(false);
  });

  test('when only times moved', async () => {
    const folder = folderWith({ a: '1' });
    const content = await hashTree(folder);
    utimesSync(join(folder, 'a'), 1, 1);
    expect(await stillHolds(folder, content)).toBe(true);
  });
});

describe('memo', () => {
  /** Well before the clock's grain, so that it may be remembered. */
  const settle = () => new Promise((resolve) => setTimeout(resolve, 2_100));

  test('remembers a settled file, looks again at a moved one, and never trusts one just written', async () => {
    const folder = folderWith({ old: '1', young: '1' });
    const [old, young] = [join(folder, 'old'), join(folder, 'young')];
    await settle();
    writeFileSync(young, '2');
    const memo = await openMemo(join(folder, 'memo'));
    expect([await memo.hash(old), await memo.hash(young)]).toEqual([sha256('1'), sha256('2')]);
    await memo.save();
    const again = await openMemo(join(folder, 'memo'));
    const known = (await readMemo(join(folder, 'memo', 'files.json'))) ?? {};
    expect(Object.keys(known)).toEqual([old]);
    writeFileSync(old, '3');
    utimesSync(old, 1, 1); // as old as it can look; the time of the change itself cannot be set back
    expect(await again.hash(old)).toBe(await hashFile(old));
    expect(await again.hash(old)).toBe(sha256('3'));
  });

  test('a missing file is said to be missing', async () => {
    const memo = await openMemo(folderWith({}));
    await expect(memo.hash(join(folderWith({}), 'none'))).rejects.toThrow('ENOENT');
  });
});

function turnIntoFolder(folder: string): void {
  rmSync(join(folder, 'a'));
  mkdirSync(join(folder, 'a'));
}
