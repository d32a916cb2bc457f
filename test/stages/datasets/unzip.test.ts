import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { tableIn } from '../../../stages/datasets/movielens.ts';
import { unzipEntry } from '../../../stages/datasets/unzip.ts';
import { zipOf } from '../../helpers/zip.ts';

const content = Buffer.from('196\t242\t3\t881250949\n'.repeat(2000));
const zip = zipOf([
  { name: 'ml-100k/README', content: Buffer.from('read me') },
  { name: 'ml-100k/u.data', content },
]);

test('gives the one file', async () => {
  expect(content.equals(await unzipEntry(zip, 'ml-100k/u.data', content.length))).toBe(true);
});

describe('refuses', () => {
  test('a file larger than expected, by what its header says', async () => {
    await expect(unzipEntry(zip, 'ml-100k/u.data', 100)).rejects.toThrowError(
      `ml-100k/u.data in the zip unpacks to ${content.length} bytes, more than 100`,
    );
  });
  test('a file whose header lies about its size', async () => {
    const lying = zipOf([{ name: 'bomb', content, claimedBytes: 10 }]);
    await expect(unzipEntry(lying, 'bomb', 100)).rejects.toThrowError(
      'bomb in the zip cannot be unpacked: too many bytes',
    );
  });
  test('a zip without the file, or with a path that leaves its folder', async () => {
    await expect(unzipEntry(zip, 'u.data', 100)).rejects.toThrowError('the zip holds no u.data');
    const leaving = zipOf([{ name: '../ml-100k/u.data', content }]);
    await expect(unzipEntry(leaving, 'ml-100k/u.data', content.length)).rejects.toThrowError('not a zip file: invalid');
  });
  test('what is no zip', async () => {
    await expect(unzipEntry(content, 'u.data', 100)).rejects.toThrowError('not a zip file');
    await expect(unzipEntry(zip.subarray(0, zip.length - 30), 'u.data', 100)).rejects.toThrowError('not a zip file');
  });
  test('another table than the pinned one', async () => {
    const pinned = {
      path: 'ml-100k/u.data',
      bytes: content.length,
      sha256: createHash('sha256').update(content).digest('hex'),
    };
    expect((await tableIn(zip, pinned)).length).toBe(content.length);
    await expect(tableIn(zip, { ...pinned, sha256: '0'.repeat(64) })).rejects.toThrowError(
      'ml-100k/u.data in the zip: SHA-256 is',
    );
  });
});
