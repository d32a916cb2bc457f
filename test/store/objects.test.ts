/** Content-addressed bytes: written once, whole or not at all, and checked when they are read. */
import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { sha256 } from '../../src/hash.ts';
import { layoutOf } from '../../src/store/layout.ts';
import { hasObject, ObjectError, putBytes, putFile, readObject, restoreObject } from '../../src/store/objects.ts';

function store() {
  const folder = mkdtempSync(join(tmpdir(), 'retrial-objects-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return { folder, layout: layoutOf(join(folder, 'runs')) };
}

const text = 'the same bytes\n';

describe('keeping', () => {
  test('bytes and a file with the same content are one object, named by its hash', async () => {
    const { folder, layout } = store();
    writeFileSync(join(folder, 'a.txt'), text, { mode: 0o755 });
    expect(await putBytes(layout, text)).toBe(sha256(text));
    expect(await putFile(layout, join(folder, 'a.txt'))).toBe(sha256(text));
    expect((await readObject(layout, sha256(text))).toString()).toBe(text);
    expect(readdirSync(layout.objects).sort()).toEqual(['.tmp', sha256(text).slice(0, 2)]);
    expect(readdirSync(join(layout.objects, '.tmp'))).toEqual([]);
  });

  test('an object that exists is not written again', async () => {
    const { layout } = store();
    const path = layout.object(await putBytes(layout, text));
    utimesSync(path, 1, 1);
    const { ino } = statSync(path);
    await putBytes(layout, text);
    expect(statSync(path)).toMatchObject({ ino, mtimeMs: 1000 });
  });

  test('a file that changed since its hash was read is kept under what it is', async () => {
    const { folder, layout } = store();
    writeFileSync(join(folder, 'a.txt'), 'newer');
    expect(await putFile(layout, join(folder, 'a.txt'), sha256('older'))).toBe(sha256('newer'));
    expect(await hasObject(layout, sha256('older'))).toBe(false);
  });

  test('twenty writers of the same bytes at once', async () => {
    const { layout } = store();
    const hashes = await Promise.all(Array.from({ length: 20 }, () => putBytes(layout, text)));
    expect(new Set(hashes)).toEqual(new Set([sha256(text)]));
    expect((await readObject(layout, sha256(text))).toString()).toBe(text);
    expect(readdirSync(join(layout.objects, '.tmp'))).toEqual([]);
  });
});

describe('damage', () => {
  test('a missing object, and one with other bytes, are errors that name it', async () => {
    const { folder, layout } = store();
    const hash = sha256(text);
    await expect(readObject(layout, hash)).rejects.toThrow(new ObjectError(hash, 'missing').message);
    await putBytes(layout, text);
    writeFileSync(layout.object(hash), text.replace('same', 'sane'));
    await expect(readObject(layout, hash)).rejects.toThrow(new ObjectError(hash, 'damaged').message);
    await expect(restoreObject(layout, hash, join(folder, 'out'))).rejects.toThrow(ObjectError);
    expect(readdirSync(folder)).toEqual(['runs']);
  });

  test('one that was cut short is written again', async () => {
    const { layout } = store();
    const hash = await putBytes(layout, text);
    truncateSync(layout.object(hash), 3);
    await putBytes(layout, text);
    expect((await readObject(layout, hash)).toString()).toBe(text);
  });
});

test('restored with its folders and mode', async () => {
  const { folder, layout } = store();
  const hash = await putBytes(layout, text);
  await restoreObject(layout, hash, join(folder, 'a', 'b', 'run.sh'), true);
  expect(statSync(join(folder, 'a', 'b', 'run.sh'))).toMatchObject({ size: text.length });
  expect(statSync(join(folder, 'a', 'b', 'run.sh')).mode & 0o100).toBe(0o100);
});
