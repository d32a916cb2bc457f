/** MovieLens' own folds: from a zip made here, and u1 from the real files. */
import { createHash } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { defaultLimits } from '../../../stages/datasets/fetch-pinned.ts';
import type { Origins, PinnedFile } from '../../../stages/datasets/mirrors.ts';
import { movielens100k } from '../../../stages/datasets/movielens.ts';
import { needsRealData, realData, skipReason } from '../../helpers/real-data.ts';
import { temporaryFolder } from '../../helpers/run-stage.ts';
import { zipOf } from '../../helpers/zip.ts';

const folder = await temporaryFolder();
const origins = (mirror: string): Origins => ({
  ...{ mirrors: [mirror], limits: defaultLimits, signal: new AbortController().signal, progress: () => {} },
});

/** A mirror with a zip that holds fold u2 of `train` and `test` ratings. */
async function mirrorWith(train: number, test: number): Promise<{ mirror: string; zip: PinnedFile }> {
  const lines = (count: number, item: number) =>
    Buffer.from(Array.from({ length: count }, (_, i) => `${i + 1}\t${item}\t3\t${i}\n`).join(''));
  const bytes = zipOf([
    { name: 'ml-100k/u2.base', content: lines(train, 1) },
    { name: 'ml-100k/u2.test', content: lines(test, 2) },
  ]);
  const mirror = await mkdtemp(join(folder, 'mirror-'));
  await writeFile(join(mirror, 'folds.zip'), bytes);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { mirror, zip: { path: 'folds.zip', sha256, bytes: bytes.length } };
}

describe('folds of the zip', () => {
  test('both files of one zip, each rating with its part', async () => {
    const { mirror, zip } = await mirrorWith(80_000, 20_000);
    const ratings = await movielens100k(origins(mirror), 'u2', zip);
    expect(ratings[0]).toEqual({ user: '1', item: '1', rating: 3, timestamp: '0', part: 'train' });
    expect(ratings[80_000]).toEqual({ user: '1', item: '2', rating: 3, timestamp: '0', part: 'test' });
  });

  test('a fold that is not all of the data, or is not in the zip, is refused', async () => {
    const { mirror, zip } = await mirrorWith(3, 2);
    await expect(movielens100k(origins(mirror), 'u2', zip)).rejects.toThrowError(
      'ml-100k/u2.base and ml-100k/u2.test hold 5 ratings together, not 100000',
    );
    await expect(movielens100k(origins(mirror), 'ua', zip)).rejects.toThrowError('the zip holds no ml-100k/ua.base');
    await expect(movielens100k(origins(mirror), 'u6', zip)).rejects.toThrowError(
      'data.fold: there is no "u6"; there are: none, u1, u2, u3, u4, u5, ua, ub',
    );
  });
});

test(`u1 of a mirror without the zip${skipReason}`, needsRealData, async () => {
  const ratings = await movielens100k(origins(realData('.')), 'u1');
  const tested = ratings.filter(({ part }) => part === 'test');
  expect([ratings.length, tested.length]).toEqual([100_000, 20_000]);
  expect(new Set(tested.map(({ user }) => user)).size).toBe(459);
});
