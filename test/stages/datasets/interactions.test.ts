import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { interactionsOf, itemsOf, readInteractions, writeInteractions } from '../../../stages/datasets/interactions.ts';
import { stream } from '../../../stages/random-stream.ts';
import { temporaryFolder } from '../../helpers/run-stage.ts';

const folder = await temporaryFolder();
const shape = { users: 4, items: 6 };
const entries = [
  { user: 2, item: 5, value: 0.1 },
  { user: 0, item: 3, value: 1 },
  { user: 2, item: 0, value: 1 / 3 },
];

test('rows rise by user and item; users without entries have empty rows', () => {
  const matrix = interactionsOf(entries, shape);
  expect([0, 1, 2, 3].map((user) => [...itemsOf(matrix, user)])).toEqual([[3], [], [0, 5], []]);
  expect([...matrix.values]).toEqual([1, 1 / 3, 0.1]);
});

test('come back from disk exactly, and the same entries in another order are the same bytes', async () => {
  await writeInteractions(join(folder, 'a'), interactionsOf(entries, shape));
  await writeInteractions(join(folder, 'b'), interactionsOf(entries.toReversed(), shape));
  expect(await readInteractions(join(folder, 'a'))).toEqual(interactionsOf(entries, shape));
  const text = await readFile(join(folder, 'a', 'interactions.tsv'), 'utf8');
  expect(await readFile(join(folder, 'b', 'interactions.tsv'), 'utf8')).toBe(text);
  expect(text).toBe(`user\titem\tvalue\n0\t3\t1\n2\t0\t${1 / 3}\n2\t5\t0.1\n`);
});

test('no entries at all come back too', async () => {
  await writeInteractions(join(folder, 'empty'), interactionsOf([], shape));
  expect(await readInteractions(join(folder, 'empty'))).toEqual(interactionsOf([], shape));
});

test.each([
  [{ user: 4, item: 0, value: 1 }, 'user 4, item 0 is outside the matrix of 4 × 6'],
  [{ user: Number.NaN, item: 0, value: 1 }, 'outside the matrix'],
  [{ user: 0, item: 3, value: 2 }, 'user 0, item 3 comes twice'],
])('%j is refused', (entry, message) => {
  expect(() => interactionsOf([...entries, entry], shape)).toThrowError(message);
});

test('a bad line on disk is named', async () => {
  const bad = join(folder, 'bad');
  await mkdir(bad);
  await writeFile(join(bad, 'shape.json'), JSON.stringify(shape));
  await writeFile(join(bad, 'interactions.tsv'), 'user\titem\tvalue\n0\t1\t1\n0\tx\t1\n');
  await expect(readInteractions(bad)).rejects.toThrowError('interactions.tsv:3');
});

describe('random streams', () => {
  const first = (...names: (string | number)[]) => Array.from({ length: 5 }, stream(1, ...names).uniform);
  test('a name is a stream', () => {
    expect(first('noise', 3)).toEqual(first('noise', 3));
    expect(first('noise', 3)).not.toEqual(first('noise', 4));
  });
  test('normal draws have mean 0 and spread 1', () => {
    const { normal } = stream(1, 'normal');
    const draws = Array.from({ length: 20_000 }, normal);
    const mean = draws.reduce((sum, z) => sum + z, 0) / draws.length;
    const variance = draws.reduce((sum, z) => sum + z * z, 0) / draws.length;
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(Math.abs(variance - 1)).toBeLessThan(0.05);
  });
  test('shuffling keeps every element', () => {
    fc.assert(
      fc.property(fc.array(fc.nat()), fc.nat(), (values, seed) => {
        const shuffled = stream(seed, 'shuffle').shuffle([...values]);
        expect(shuffled.toSorted()).toEqual(values.toSorted());
      }),
    );
  });
});
