/** Transfers that break off and go on: real servers on this machine that cut connections, with ranges and without. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type FetchOptions, fetchPinned } from '../../../stages/datasets/fetch-pinned.ts';
import { temporaryFolder } from '../../helpers/run-stage.ts';
import { serve } from '../../helpers/serve.ts';

const folder = await temporaryFolder();
const content = randomBytes(300_000);
const pin = { sha256: createHash('sha256').update(content).digest('hex'), bytes: content.length };
const partName = `${pin.sha256}.part`;
const limits = { attempts: 2, timeoutMs: 5_000, backoffMs: 1 };
const options = (change: Partial<FetchOptions> = {}): FetchOptions => ({
  ...{ limits, signal: new AbortController().signal, progress: () => {} },
  ...change,
});
const fresh = () => mkdtemp(join(folder, 'checkpoint-'));

interface Serving {
  readonly file?: Buffer;
  /** Of each answer; after so many the connection is cut. All where absent. */
  readonly bytesEach?: number;
  readonly headers?: Record<string, string>;
  readonly ignoresRange?: boolean;
}

/** @returns its address and, of each request, `range` and `if-range`. */
async function server(serving: (request: number) => Serving) {
  const ranges: (string | undefined)[][] = [];
  const { address } = await serve((request: IncomingMessage, response: ServerResponse) => {
    const { file = content, bytesEach = file.length, headers = {}, ignoresRange } = serving(ranges.length);
    ranges.push([request.headers.range, request.headers['if-range'] as string | undefined]);
    const isStale = 'if-range' in request.headers && request.headers['if-range'] !== headers.etag;
    const from = ignoresRange || isStale ? 0 : Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const range = { 'content-range': `bytes ${from}-${file.length - 1}/${file.length}` };
    const length = { 'content-length': file.length - from };
    response.writeHead(from > 0 ? 206 : 200, { ...headers, ...length, ...(from > 0 ? range : {}) });
    const sent = file.subarray(from, from + bytesEach);
    if (from + sent.length === file.length) response.end(sent);
    // Written out before the cut, else it would take along what had not left yet.
    else response.write(sent, () => setTimeout(() => response.destroy(), 20));
  });
  return { address, ranges };
}

describe('a connection that is cut', () => {
  test('is continued from what came through, however often, while enough comes', async () => {
    const { address, ranges } = await server(() => ({ bytesEach: 70_000, headers: { etag: '"v1"' } }));
    const bytes = await fetchPinned(address, pin, options());
    expect(content.equals(bytes)).toBe(true);
    expect(ranges).toEqual([
      [undefined, undefined],
      ['bytes=70000-', '"v1"'],
      ['bytes=140000-', '"v1"'],
      ['bytes=210000-', '"v1"'],
      ['bytes=280000-', '"v1"'],
    ]);
  });

  test('is given up when too little comes', async () => {
    const { address, ranges } = await server(() => ({ bytesEach: 1_000 }));
    await expect(fetchPinned(address, pin, options())).rejects.toThrowError(/closed|terminated|reset/);
    expect(ranges.length).toBe(2);
  });

  test('begins anew where the server knows no ranges, and gives up when that brings nothing', async () => {
    const first = await server((n) => ({ bytesEach: n === 0 ? 100_000 : content.length, ignoresRange: true }));
    expect(content.equals(await fetchPinned(first.address, pin, options()))).toBe(true);
    const never = await server(() => ({ bytesEach: 100_000, ignoresRange: true }));
    await expect(fetchPinned(never.address, pin, options())).rejects.toThrowError();
    expect(never.ranges.length).toBe(2);
  });

  test('begins anew where the file has changed meanwhile, by its tag', async () => {
    const { address, ranges } = await server((n) =>
      n === 0
        ? { file: randomBytes(content.length), bytesEach: 100_000, headers: { etag: '"old"' } }
        : { headers: { etag: '"new"' } },
    );
    expect(content.equals(await fetchPinned(address, pin, options()))).toBe(true);
    expect(ranges[1]).toEqual(['bytes=100000-', '"old"']);
  });

  test('is not pieced together wrongly where no tag tells of the change', async () => {
    const { address, ranges } = await server((n) =>
      n === 0 ? { file: randomBytes(content.length), bytesEach: 100_000, headers: { etag: 'W/"weak"' } } : {},
    );
    const bytes = await fetchPinned(address, pin, options({ limits: { ...limits, attempts: 3 } }));
    expect(content.equals(bytes)).toBe(true);
    expect(ranges.map(([range]) => range)).toEqual([undefined, 'bytes=100000-', undefined]);
  });
});

describe('a process that was killed', () => {
  const stopped = async (partialFolder: string, bytesEach: number) => {
    const { address } = await server(() => ({ bytesEach }));
    const once = options({ partialFolder, limits: { ...limits, attempts: 1 } });
    await expect(fetchPinned(address, pin, once)).rejects.toThrowError();
  };

  test('left a part that the next one continues, from another address too; then it is gone', async () => {
    const partialFolder = await fresh();
    await stopped(partialFolder, 120_000);
    expect((await readFile(join(partialFolder, partName))).equals(content.subarray(0, 120_000))).toBe(true);
    const { address, ranges } = await server(() => ({}));
    const seen: number[] = [];
    const bytes = await fetchPinned(address, pin, options({ partialFolder, progress: (done) => seen.push(done) }));
    expect(content.equals(bytes)).toBe(true);
    expect(ranges).toEqual([['bytes=120000-', undefined]]);
    expect(seen[0]).toBeGreaterThan(120_000);
    expect(await readdir(partialFolder)).toEqual([]);
  });

  test('in the moment it had all of it: nothing is asked for', async () => {
    const partialFolder = await fresh();
    await writeFile(join(partialFolder, partName), content);
    const { address, ranges } = await server(() => ({}));
    expect(content.equals(await fetchPinned(address, pin, options({ partialFolder })))).toBe(true);
    expect(ranges).toEqual([]);
  });

  test.each([
    ['other bytes', randomBytes(100_000)],
    ['too many', randomBytes(content.length + 1)],
    ['as many, and others', randomBytes(content.length)],
  ])('and whose part holds %s costs a transfer, never the result', async (_what, part) => {
    const partialFolder = await fresh();
    await writeFile(join(partialFolder, partName), part);
    const { address } = await server(() => ({}));
    expect(content.equals(await fetchPinned(address, pin, options({ partialFolder })))).toBe(true);
    expect(await readdir(partialFolder)).toEqual([]);
  });

  test('keeps nothing of a file that turns out to be another', async () => {
    const partialFolder = await fresh();
    const { address } = await server(() => ({ file: randomBytes(content.length) }));
    await expect(fetchPinned(address, pin, options({ partialFolder }))).rejects.toThrowError('SHA-256 is');
    expect(await readdir(partialFolder)).toEqual([]);
  });
});

test('a range of something larger, or of another place, is refused', async () => {
  for (const contentRange of [`bytes 0-299999/${pin.bytes}`, 'bytes 100-299999/300001', 'nonsense']) {
    const partialFolder = await fresh();
    await writeFile(join(partialFolder, partName), content.subarray(0, 100));
    const { address } = await serve((_request, response) =>
      response.writeHead(206, { 'content-range': contentRange }).end(content.subarray(100)),
    );
    await expect(fetchPinned(address, pin, options({ partialFolder }))).rejects.toThrowError('another part');
  }
});
