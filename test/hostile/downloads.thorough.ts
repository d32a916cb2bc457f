/** Archives and servers that mean harm: nothing but the pinned bytes comes through, and nothing is written elsewhere. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { fetchPinned } from '../../stages/datasets/fetch-pinned.ts';
import { unzipEntry } from '../../stages/datasets/unzip.ts';
import { serve } from '../helpers/serve.ts';
import { type ZipEntry, zipOf } from '../helpers/zip.ts';

const content = Buffer.from('196\t242\t3\t881250949\n'.repeat(500));
const wanted = 'ml-100k/u.data';

describe('an archive', () => {
  const unzip = (entries: readonly ZipEntry[], path = wanted) => unzipEntry(zipOf(entries), path, content.length);

  test.each([
    ['upwards', '../../ml-100k/u.data'],
    ['upwards from within', 'ml-100k/../../u.data'],
    ['absolute', '/ml-100k/u.data'],
    ['on a drive', 'C:/ml-100k/u.data'],
    ['with backslashes', '..\\ml-100k\\u.data'],
  ])('with a path %s is refused, also for the sake of its other files', async (_what, name) => {
    await expect(unzip([{ name, content }], name)).rejects.toThrowError(/^not a zip file: |^the zip holds no /);
    const behind = unzip([
      { name, content },
      { name: wanted, content },
    ]);
    await expect(behind.then((bytes) => content.equals(bytes))).rejects.toThrowError('not a zip file: ');
  });

  test.each<[what: string, entry: Partial<ZipEntry>, message: string]>([
    ['a link', { content: Buffer.from('/etc/passwd'), mode: 0o120777 }, `${wanted} in the zip is a link`],
    ['encrypted', { flags: 1 }, `${wanted} in the zip cannot be unpacked: entry is encrypted`],
    ['larger than it says', { claimedBytes: 10 }, 'cannot be unpacked: too many bytes'],
    ['smaller than it says', { claimedBytes: content.length * 2 }, `unpacks to ${content.length * 2} bytes, more than`],
    ['a bomb', { content: Buffer.alloc(100_000_000), claimedBytes: 1 }, 'cannot be unpacked: too many bytes'],
  ])('whose file is %s', async (_what, entry, message) => {
    await expect(unzip([{ name: wanted, content, ...entry }])).rejects.toThrowError(message);
  });

  test('of bytes that are damaged anywhere gives the file, or says what is wrong', async () => {
    const zip = zipOf([
      { name: 'README', content: Buffer.from('read me') },
      { name: wanted, content },
    ]);
    const seen = { whole: 0, refused: 0 };
    for (let at = 0; at < zip.length; at += 3) {
      const damaged = Buffer.from(zip);
      damaged[at] = (damaged[at] ?? 0) ^ 0x15;
      const outcome = await unzipEntry(damaged, wanted, content.length).then(
        () => 'whole' as const, // its hash is checked by who asked
        (error: Error) => {
          expect(error.name).toBe('DataError');
          return 'refused' as const;
        },
      );
      seen[outcome] += 1;
    }
    expect(Math.min(seen.whole, seen.refused)).toBeGreaterThan(5);
  });
});

describe('a server', () => {
  const pin = { sha256: createHash('sha256').update(content).digest('hex'), bytes: content.length };
  const limits = { attempts: 2, timeoutMs: 5_000, backoffMs: 1 };
  const options = { limits, signal: new AbortController().signal, progress: () => {} };

  test.each([
    ['http://127.0.0.1.example.org/x', 'which is not HTTPS'],
    ['http://example.org@10.0.0.1/x', 'which is not HTTPS'],
    ['file:///etc/passwd', 'which is not HTTPS'],
    ['data:text/plain,x', 'which is not HTTPS'],
    ['//example.org/x', 'which is not HTTPS'],
    ['http://[::1]/x', 'which is not HTTPS'],
    ['http://', 'Invalid URL'],
  ])('that redirects to %s is not followed', async (location, message) => {
    const { address } = await serve((_request, response) => response.writeHead(302, { location }).end());
    await expect(fetchPinned(address, pin, options)).rejects.toThrowError(message);
  });

  test('that sends less than it unpacks to is cut off at the size that is expected', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    const { address, asked } = await serve((_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
    );
    await expect(fetchPinned(address, pin, options)).rejects.toThrowError(`more than the expected ${pin.bytes} bytes`);
    expect(asked).toHaveLength(1);
  });

  test('that breaks off, or sends a byte at a time for ever, is given up', async () => {
    const { address } = await serve((request, response) => {
      if (request.url === '/breaks')
        response.writeHead(200, { 'content-length': content.length }).write(content.subarray(9));
      if (request.url === '/breaks') setTimeout(() => response.destroy(), 5);
      const drip = () => response.write('x', () => !response.destroyed && setTimeout(drip, 20));
      if (request.url === '/drips') drip();
    });
    const brief = { ...options, limits: { ...limits, timeoutMs: 400 } };
    await expect(fetchPinned(`${address}/breaks`, pin, brief)).rejects.toThrowError(/closed|terminated|reset/);
    await expect(fetchPinned(`${address}/drips`, pin, brief)).rejects.toThrowError('took too long');
  });
});
