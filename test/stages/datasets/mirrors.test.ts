import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { fetchPinned } from '../../../stages/datasets/fetch-pinned.ts';
import { type Origins, obtain, originsFrom, type PinnedFile } from '../../../stages/datasets/mirrors.ts';
import { temporaryFolder } from '../../helpers/run-stage.ts';
import { serve } from '../../helpers/serve.ts';

const folder = await temporaryFolder();
const content = Buffer.from('196\t242\t3\t881250949\n'.repeat(5000));
const pin = { sha256: createHash('sha256').update(content).digest('hex'), bytes: content.length };
const limits = { attempts: 3, timeoutMs: 5000, backoffMs: 1 };
const options = { limits, signal: new AbortController().signal, progress: () => {} };
const file: PinnedFile = { ...pin, path: 'set/table.tsv' };
const origins = (mirrors: readonly string[], change: Partial<Origins> = {}): Origins => ({
  ...options,
  mirrors,
  ...change,
});
const mirror = await folderWith({ 'set/table.tsv': content });
const unreachable = 'https://nowhere.invalid';

describe('fetching', () => {
  test('gives the bytes and tells how far it is', async () => {
    const { address } = await serve((_request, response) => response.end(content));
    const seen: number[] = [];
    const bytes = await fetchPinned(address, pin, { ...options, progress: (done) => seen.push(done) });
    expect(Buffer.from(bytes).equals(content)).toBe(true);
    expect(seen.at(-1)).toBe(content.length);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  });

  test('tries again after a server error and a transfer cut short', async () => {
    const { address, asked } = await serve((_request, response) => {
      if (asked.length === 1) response.writeHead(503).end();
      else if (asked.length === 2) {
        response.writeHead(200, { 'content-length': content.length });
        response.write(content.subarray(0, 1000), () => response.destroy());
      } else response.end(content);
    });
    expect((await fetchPinned(address, pin, options)).length).toBe(content.length);
    expect(asked.length).toBe(3);
  });

  test.each([
    ['a missing file', 404, content, 1, 'HTTP status 404'],
    ['a server that stays broken', 500, content, 3, 'HTTP status 500'],
    ['other bytes', 200, Buffer.from(content).fill('x', 0, 1), 1, 'SHA-256 is'],
    ['fewer bytes', 200, content.subarray(1), 3, `cut short: ${content.length - 1} of ${content.length} bytes`],
    ['more bytes', 200, Buffer.concat([content, content]), 1, `more than the expected ${content.length} bytes`],
  ])('refuses %s', async (_name, status, body, attempts, message) => {
    const { address, asked } = await serve((_request, response) => response.writeHead(status).end(body));
    await expect(fetchPinned(address, pin, options)).rejects.toThrowError(message);
    expect(asked.length).toBe(attempts);
  });

  test('an endless answer is cut off', async () => {
    const { address } = await serve((_request, response) => {
      const more = () => response.write(content, () => !response.destroyed && setImmediate(more));
      more();
    });
    await expect(fetchPinned(address, pin, options)).rejects.toThrowError('more than the expected');
  });

  test('a server that does not answer is given up', async () => {
    const { address, asked } = await serve(() => {});
    const short = { ...options, limits: { attempts: 2, timeoutMs: 1_000, backoffMs: 1 } };
    await expect(fetchPinned(address, pin, short)).rejects.toThrowError('took too long');
    expect(asked.length).toBe(2);
  });

  test('follows redirects on this machine, and none to plain HTTP elsewhere', async () => {
    const { address, asked } = await serve((request, response) => {
      if (request.url === '/here') response.end(content);
      else response.writeHead(302, { location: request.url === '/near' ? '/here' : 'http://example.org/far' }).end();
    });
    expect((await fetchPinned(`${address}/near`, pin, options)).length).toBe(content.length);
    await expect(fetchPinned(`${address}/away`, pin, options)).rejects.toThrowError(
      'redirected to http://example.org/far, which is not HTTPS',
    );
    expect(asked).toEqual(['/near', '/here', '/away']);
  });

  test('does not go in circles', async () => {
    const { address, asked } = await serve((_request, response) => response.writeHead(301, { location: '/' }).end());
    await expect(fetchPinned(address, pin, options)).rejects.toThrowError('redirected more than five times');
    expect(asked.length).toBe(6);
  });

  test('stops when asked to, also between attempts', async () => {
    const stop = new AbortController();
    const { address, asked } = await serve((_request, response) => {
      response.writeHead(500).end();
      setTimeout(() => stop.abort(), 5);
    });
    const slow = { limits: { ...limits, backoffMs: 60_000 }, signal: stop.signal, progress: () => {} };
    await expect(fetchPinned(address, pin, slow)).rejects.toThrowError(/abort/i);
    expect(asked.length).toBe(1);
  });
});

describe('mirrors', () => {
  const zip: PinnedFile = { ...pin, path: 'set.zip' };

  test('are separated by commas or blanks', () => {
    expect(originsFrom(' a, b\thttps://c/d,,', options).mirrors).toEqual(['a', 'b', 'https://c/d']);
    expect(originsFrom(undefined, options).mirrors).toEqual([]);
  });

  test('may be a folder, relative too', async () => {
    for (const place of [mirror, relative(process.cwd(), mirror)])
      expect((await obtain([file], origins([place]))).bytes.length).toBe(content.length);
  });

  test('may be a base address, with or without a slash', async () => {
    const { address, asked } = await serve((_request, response) => response.end(content));
    for (const place of [`${address}/base`, `${address}/base/`]) await obtain([file], origins([place]));
    expect(asked).toEqual(['/base/set/table.tsv', '/base/set/table.tsv']);
  });

  test('come before the official address', async () => {
    const { address, asked } = await serve((_request, response) => response.end(content));
    const official = { ...file, address: `${address}/official` };
    await obtain([official], origins([mirror]));
    expect(asked).toEqual([]);
    await obtain([official], origins([]));
    expect(asked).toEqual(['/official']);
  });

  test('may hold either form of the data', async () => {
    const packed = await folderWith({ 'set.zip': content });
    expect((await obtain([file, zip], origins([packed]))).file).toBe(zip);
    expect((await obtain([file, zip], origins([mirror]))).file).toBe(file);
  });

  test('that hold something else, or nothing, are passed over', async () => {
    const wrong = await folderWith({ 'set/table.tsv': Buffer.from('not it') });
    const empty = await folderWith({});
    expect((await obtain([file], origins([wrong, empty, mirror]))).bytes.length).toBe(content.length);
  });

  test('that hold a folder in its place, or a file as a folder above it, are passed over', async () => {
    const odd = await folderWith({});
    await mkdir(join(odd, 'set', 'table.tsv'));
    const below = join(await folderWith({ 'set/table.tsv': content }), 'set/table.tsv');
    expect((await obtain([file], origins([odd, below, mirror]))).bytes.length).toBe(content.length);
    await expect(obtain([file], origins([odd, below]))).rejects.toThrowError(
      /table\.tsv: a folder, not a file\n.*table\.tsv: ENOTDIR/,
    );
  });

  test.skipIf(process.platform === 'win32')('that hold a pipe nobody writes to are not waited for', async () => {
    const odd = await folderWith({});
    await execa('mkfifo', [join(odd, 'set', 'table.tsv')]);
    await expect(obtain([file], origins([odd]))).rejects.toThrowError('table.tsv: no plain file');
  });

  test('where none has it, all that was tried is named, and what else there is', async () => {
    const wrong = await folderWith({ 'set/table.tsv': Buffer.from(content).fill('x', 0, 1) });
    const official = { ...file, address: `${unreachable}/official` };
    const failure = await obtain([official], origins([wrong, join(folder, 'nowhere')])).catch((error: Error) => error);
    expect(failure).toMatchObject({ passing: true });
    expect(String(failure)).toMatch(
      /^DataError: the data could not be had:\n.*table\.tsv: SHA-256 is .*\n.*no such file\n.*\/official: .+\nWithout network: put set\/table\.tsv into a folder that RETRIAL_DATA_MIRROR names,\nor use data\.source: file .* or data\.source: synthetic\.$/,
    );
  });
});

async function folderWith(files: Readonly<Record<string, Buffer>>): Promise<string> {
  const made = await mkdtemp(join(folder, 'mirror-'));
  await mkdir(join(made, 'set'));
  for (const [path, bytes] of Object.entries(files)) await writeFile(join(made, path), bytes);
  return made;
}
