import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readRatings } from '../../stages/datasets/ratings.ts';
import { defaultParams } from '../helpers/default-params.ts';
import { needsRealData, realData, skipReason } from '../helpers/real-data.ts';
import { runStage, temporaryFolder } from '../helpers/run-stage.ts';
import { serve } from '../helpers/serve.ts';

const folder = await temporaryFolder();
const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex');
const download = (data: Record<string, unknown>, mirror = '') =>
  runStage('stages/download.ts', folder, {
    params: { data: defaultParams({ data }).data },
    outs: { ratings: 'ratings.tsv' },
    env: { RETRIAL_DATA_MIRROR: mirror },
  });

test('synthetic: the same bytes for the same seed, and counts as metrics', async () => {
  const synthetic = { users: 50, items: 80, ratings: 1500 };
  const runs = await Promise.all([1, 1, 2].map((seed) => download({ source: 'synthetic', seed, synthetic })));
  const [first, again, other] = await Promise.all(runs.map((run) => readFile(run.outs.ratings as string, 'utf8')));
  expect(first).toBe(again);
  expect(first).not.toBe(other);
  expect(first).toMatch(/^user\titem\trating\ttimestamp\n1\t\d+\t[1-5]\t\d+\n/);
  expect(runs[0]?.series).toEqual([{ step: 0, ratings: 1500, duplicates: 0, zeros: 0 }]);
});

describe('file', () => {
  const path = join(folder, 'plays.csv');
  const text = 'listener,song,plays\nann,x,0\nann,y,7\nbob,x,1\nbob,x,2\n';
  const format = { columns: ['user', 'item', 'rating'] };

  test('is read as it is, or where a hash is given only with that hash', async () => {
    await writeFile(path, text);
    const asked = await download({ source: 'file', path, format, sha256: sha256('other') });
    expect(asked.exitCode).toBe(65);
    expect(asked.stderr).toBe(
      `error: ${path} is not the file that data.sha256 names (${sha256('other')}).\n` +
        `If it is the one to use, say so: data.sha256: ${sha256(text)}`,
    );
    const run = await download({ source: 'file', path, format, sha256: sha256(text) });
    const any = await download({ source: 'file', path, format });
    expect(await readFile(any.outs.ratings as string)).toEqual(await readFile(run.outs.ratings as string));
    expect(await readFile(run.outs.ratings as string, 'utf8')).toBe(
      'user\titem\trating\ttimestamp\nann\ty\t7\t\nbob\tx\t2\t\n',
    );
    expect(run.series).toEqual([{ step: 0, ratings: 2, duplicates: 1, zeros: 1 }]);
  });

  test('with a test file, each rating says which part it is in', async () => {
    const [train, held] = [join(folder, 'base'), join(folder, 'test')];
    await writeFile(train, '1\t1\t5\t0\n');
    await writeFile(held, '1\t2\t3\t0\n');
    const run = await download({
      source: 'file',
      path: train,
      sha256: sha256('1\t1\t5\t0\n'),
      test_path: held,
      test_sha256: sha256('1\t2\t3\t0\n'),
    });
    expect((await readRatings(run.outs.ratings as string)).map(({ part }) => part)).toEqual(['train', 'test']);
  });

  test('bad lines end it with one message and no ratings', async () => {
    const bad = join(folder, 'bad.csv');
    await writeFile(bad, '1,2,3\n1,2,many\n');
    const run = await download({ source: 'file', path: bad, sha256: sha256('1,2,3\n1,2,many\n'), format });
    expect(run.exitCode).toBe(65);
    expect(run.stderr).toBe(
      `error: ${bad}: 1 of 2 lines is no rating: mend it, or say with data.format how the file is written\n` +
        `  ${bad}:2: the rating is not a number: "1,2,many"`,
    );
    await expect(readFile(run.outs.ratings as string)).rejects.toThrowError('ENOENT');
  });

  test('a file that is not there, or not named', async () => {
    expect((await download({ source: 'file', path: 'no/such.csv' })).stderr).toMatch(
      /^error: no\/such\.csv cannot be read/,
    );
    expect((await download({ source: 'file' })).stderr).toMatch(/^error: .*data\.path must name/);
  });
});

test('synthetic ratings beyond all memory are one message', async () => {
  const run = await download({
    source: 'synthetic',
    synthetic: { users: 50, items: 80, ratings: 1500, factors: 1e12 },
  });
  expect([run.exitCode, run.stderr]).toEqual([
    65,
    expect.stringMatching(/^error: the params ask for more than fits into memory \(Invalid typed array length: \d+\)/),
  ]);
});

test('a source that does not exist is named with those that do', async () => {
  const run = await download({ source: 'movielens' });
  expect([run.exitCode, run.stderr]).toEqual([
    65,
    'error: data.source: there is no "movielens"; there are: synthetic, movielens-100k, cfgan-ml100k, file',
  ]);
});

test('SIGTERM ends it in the middle of a transfer, with 143 and nothing written', async () => {
  let stop = () => {};
  const { address } = await serve((_request, response) => {
    response.write('19', stop);
  });
  const run = await runStage('stages/download.ts', folder, {
    params: { data: defaultParams({ data: { source: 'movielens-100k' } }).data },
    outs: { ratings: 'ratings.tsv' },
    env: { RETRIAL_DATA_MIRROR: address },
    started: (child) => {
      stop = () => child.kill('SIGTERM');
    },
  });
  expect([run.exitCode, run.stderr]).toEqual([143, '']);
  await expect(readFile(run.outs.ratings as string)).rejects.toThrowError('ENOENT');
});

describe(`real data${skipReason}`, needsRealData, () => {
  test('movielens-100k: a folder and a server give the same bytes, u.data row for row', async () => {
    const path = realData('ml-100k/u.data');
    const content = await readFile(path);
    const { address } = await serve((request, response) =>
      request.url === '/ml-100k/u.data' ? response.end(content) : response.writeHead(404).end(),
    );
    const mirror = join(folder, 'mirror');
    await mkdir(join(mirror, 'ml-100k'), { recursive: true });
    await copyFile(path, join(mirror, 'ml-100k', 'u.data'));
    const runs = await Promise.all([mirror, address].map((place) => download({ source: 'movielens-100k' }, place)));
    const [local, remote] = await Promise.all(runs.map((run) => readFile(run.outs.ratings as string, 'utf8')));
    expect(local).toBe(`user\titem\trating\ttimestamp\n${content}`);
    expect(remote).toBe(local);
    expect(runs[1]?.series.at(-1)).toEqual({ step: 0, ratings: 100_000, duplicates: 0, zeros: 0 });
    expect(runs[1]?.series).toContainEqual({ progress: { done: 1.979173, total: 1.979173, unit: 'MB' } });
  });

  test('a transfer that a kill ended goes on from there', async () => {
    const content = await readFile(realData('ml-100k/u.data'));
    let kill = () => {};
    const ranges: (string | undefined)[] = [];
    const { address } = await serve((request, response) => {
      if (request.url !== '/ml-100k/u.data') return response.writeHead(404).end();
      const { range } = request.headers;
      ranges.push(range);
      const from = Number(range?.match(/\d+/)?.[0] ?? 0);
      if (from === 0) return response.writeHead(200).write(content.subarray(0, 1_000_000), () => setTimeout(kill, 300));
      response.writeHead(206, { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` });
      return response.end(content.subarray(from));
    });
    const inputs = {
      params: { data: defaultParams({ data: { source: 'movielens-100k' } }).data as object },
      outs: { ratings: 'ratings.tsv' },
      env: { RETRIAL_DATA_MIRROR: address, RETRIAL_CHECKPOINT: join(folder, 'checkpoint') },
    };
    const killed = await runStage('stages/download.ts', folder, {
      ...inputs,
      started: (child) => {
        kill = () => child.kill('SIGKILL');
      },
    });
    expect(killed.exitCode).toBeUndefined();
    const run = await runStage('stages/download.ts', folder, inputs);
    expect(run.exitCode, run.stderr).toBe(0);
    const [first, second, ...more] = ranges;
    expect([first, more]).toEqual([undefined, []]);
    // As far as it had got: on a busy machine not all that was sent had come.
    expect(Number(second?.match(/^bytes=(\d+)-$/)?.[1])).toBeGreaterThan(0);
    expect(await readFile(run.outs.ratings as string, 'utf8')).toBe(`user\titem\trating\ttimestamp\n${content}`);
  });

  test("cfgan-ml100k: the authors' two files as one table with parts", async () => {
    const run = await download({ source: 'cfgan-ml100k' }, realData('.'));
    const ratings = await readRatings(run.outs.ratings as string);
    const count = (part: string) => ratings.filter((rating) => rating.part === part).length;
    expect([count('train'), count('test')]).toEqual([80_000, 19_963]);
    expect(ratings[0]).toEqual({ user: '0', item: '0', rating: 3, timestamp: '', part: 'train' });
  });
});
