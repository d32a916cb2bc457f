/** A memo is believed without looking again: one with any damage is none. */
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readMemo, writeMemo } from '../../src/store/memo-file.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const value = { version: 1, metrics: { loss: 0.25 }, names: ['é', '__proto__', 'two\nlines'] };

test('what was written is read, and every flipped bit, cut and addition makes it none', async () => {
  const path = join(temporaryFolder(), 'memo', 'one.json');
  await writeMemo(path, value);
  expect(await readMemo(path)).toEqual(value);
  const whole = readFileSync(path);
  for (let bit = 0; bit < whole.length * 8; bit += 5) {
    const damaged = Buffer.from(whole);
    damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    writeFileSync(path, damaged);
    expect({ bit, read: await readMemo(path) }).toEqual({ bit, read: undefined });
  }
  for (const other of [whole.subarray(0, -1), whole.subarray(1), Buffer.concat([whole, whole]), Buffer.alloc(0)]) {
    writeFileSync(path, other);
    expect(await readMemo(path)).toBeUndefined();
  }
});

test('where none can be read or written there is none', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'folder.json'));
  for (const name of ['none.json', 'folder.json', 'folder.json/x/y', 'file/x']) {
    if (name === 'file/x') writeFileSync(join(folder, 'file'), '');
    expect(await readMemo(join(folder, name))).toBeUndefined();
  }
  await writeMemo(join(folder, 'folder.json'), value);
  await writeMemo(join(folder, 'file', 'x'), value);
  rmSync(join(folder, 'file'));
  symlinkSync('nowhere/at/all', join(folder, 'file'));
  await writeMemo(join(folder, 'file', 'x'), value);
  expect(await readMemo(join(folder, 'file', 'x'))).toBeUndefined();
});
