/** What commands that read the record print: which runs, in which order, in which form, in the width there is. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { displayWidth } from '../../src/logging/table.ts';
import { layoutOf } from '../../src/store/layout.ts';
import { record, recordStudy } from '../helpers/record-fixture.ts';
import { rig } from '../helpers/rig.ts';

const stages = 'stages: { train: { cmd: "true", outs: { model: model/ } } }';
const project = rig({ 'pipeline.yaml': `version: 1\n${stages}\n` }, afterAll);
const layout = layoutOf(project.path('runs'));
let hashes: readonly string[] = [];
const others: string[] = [];

const retrial = project.retrial;
const json = async (...args: string[]) => JSON.parse((await retrial(...args, '--json')).stdout);
const inWidth = (width: number, ...args: string[]) => {
  const command = join(import.meta.dirname, '../../bin/retrial.js');
  return execa(process.execPath, [command, ...args], {
    cwd: project.folder,
    env: { NO_COLOR: '1', COLUMNS: `${width}` },
  });
};
const trialsOf = (runs: readonly { trial: number | null }[]) => runs.map(({ trial }) => trial);

beforeAll(() => {
  hashes = recordStudy(layout);
  const [leaked = ''] = record(layout, { protocol: 'leaked', score: 0.9, tags: ['old'], note: 'the notebook' });
  const [diverged = ''] = record(layout, { params: { seed: 3 }, score: 'NaN' });
  others.push(leaked, diverged);
});

describe('runs', () => {
  const kept = (where: string) => json('runs', '--where', where);

  test('--where keeps those it is true of', async () => {
    expect(trialsOf(await kept('ndcg@10 > .19 and model.loss = "wgan" and status = "complete"'))).toEqual([10]);
    expect(trialsOf(await kept('study = "loss" and latent_dim in [8, 16] and learning_rate < .0005'))).toEqual([
      ...[8, 6, 2, 0],
    ]);
    expect(await kept('tags contains "old" and note ~ "^the"')).toMatchObject([{ configHash: others[0] }]);
    expect(await kept('ndcg@10 = null and status != "failed"')).toMatchObject([{ configHash: others[1] }]);
    expect(await kept(`hash in ["${hashes[3]?.slice(0, 12)}", "zz"]`)).toMatchObject([{ trial: 3 }]);
    expect(await kept('took > 3600')).toEqual([]);
  });

  test('a mistake in it is shown where it is', async () => {
    const { stderr, exitCode } = await retrial('runs', '--where', 'status = "complete" and los > 1');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--where, column 25 error: no run has a param or metric "los"');
    expect(stderr).toMatch(/1 \| status = "complete" and los > 1\n.*\| {25}\^\^\^\n/);
  });

  test('--sort by several: a param, then the best of a metric; what has none comes last', async () => {
    const where = ['--where', 'study = "loss" and latent_dim > 8'];
    const sorted = await json('runs', ...where, '--sort', 'latent_dim,-model.loss', '--sort', 'ndcg@10');
    expect(trialsOf(sorted)).toEqual([9, 8, 3, 2, 10, 11, 5, 4]);
    expect(trialsOf(await json('runs', ...where, '--sort', '-ndcg@10', '--limit', '2'))).toEqual([2, 3]);
    expect(trialsOf(await json('runs', '--sort', 'trial,started')).slice(-3)).toEqual([11, null, null]);
    expect(trialsOf(await json('runs', '--sort', '-trial')).slice(0, 2)).toEqual([11, 10]);
  });

  test('equal values of the first metric are ordered by the next key', async () => {
    const sort = 'precision@5,-latent_dim,learning_rate';
    const ambiguous = await retrial('runs', '--sort', `${sort},loss`);
    expect(ambiguous).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('model.loss, evaluate.loss') });
    const where = 'study = "loss" and status = "complete"';
    const sorted = await json('runs', '--where', where, '--sort', `${sort},model.loss`);
    expect(trialsOf(sorted)).toEqual([4, 10, 5, 2, 8, 3, 9, 0, 6, 1, 7]);
  });

  test('no line is wider than there is room, and what is left out is said', async () => {
    for (const width of [20, 61, 100]) {
      const [runs, all, compared] = await Promise.all([
        inWidth(width, 'runs', '--sort', 'ndcg@10', '--where', 'attempt = 1'),
        inWidth(width, 'runs', '--columns', 'all'),
        inWidth(width, 'compare', 'loss', '--text'),
      ]);
      for (const { stdout } of [runs, all, compared]) {
        // The sentences below a table are for reading, and a terminal breaks them.
        const lines = stdout.split('\n').filter((line) => !/held-out part|chance alone/.test(line));
        expect(Math.max(...lines.map(displayWidth)), `${width}\n${stdout}`).toBeLessThanOrEqual(width);
      }
      expect(all.stdout).toMatch(/no room for/);
    }
    const { stdout } = await inWidth(45, 'runs', '--sort', 'latent_dim');
    expect(stdout.split('\n')[0]).toContain('latent_dim');
  });

  test('--columns by short names, and fields of a run', async () => {
    const columns = 'hash,study,latent_dim,ndcg@10,took,tags';
    const { stdout } = await retrial('runs', '--columns', columns, '--csv', '--sort', 'ndcg@10', '--limit', '1');
    expect(stdout.split('\n')).toEqual([columns, `${hashes[10]},loss,32,0.2,0.009,`]);
    expect(await retrial('runs', '--columns', 'run,nothing')).toMatchObject({
      ...{ exitCode: 2, stderr: expect.stringContaining('--columns: no run has a param or metric "nothing"') },
    });
    const none = await retrial('runs', '--where', 'ndcg@10 = null', '--columns', 'ndcg@10,status', '--csv');
    expect(none.stdout.split('\n').slice(0, 2)).toEqual(['ndcg@10,status', ',failed']);
  });
});

describe('compare', () => {
  const page = join(layout.runs, 'compare.html');

  test('--text, --csv and --md write no page', async () => {
    rmSync(page, { force: true });
    const { stdout } = await retrial('compare', 'loss', '--text', '--limit', '2');
    expect(stdout).toContain('Study loss, by evaluate.ndcg@10 (most first)');
    expect(stdout).not.toContain('compare.html');
    const columns = 'trial,model.loss,ndcg@10';
    const plain = await retrial('compare', 'loss', '--csv', '--columns', columns, '--limit', '2');
    expect(plain.stdout.split('\n')).toEqual([columns, '10,wgan,0.2', '9,wgan,0.19']);
    const drawn = await retrial('compare', 'loss', '--md', '--columns', columns, '--limit', '1');
    expect(drawn.stdout).toContain('| 10 | wgan | 0.2 |');
    expect(await json('compare', 'loss', '--text')).not.toHaveProperty('file');
    expect(existsSync(page)).toBe(false);
    expect(await json('compare', 'loss')).toMatchObject({ format: 1, file: page });
    expect(existsSync(page)).toBe(true);
  });

  test('--where keeps runs of a selection', async () => {
    const where = 'model.loss = "wgan" and latent_dim = 8';
    const found = await json('compare', 'loss', '--text', '--where', where);
    expect(found.title).toBe(`Study loss where ${where}`);
    expect(trialsOf(found.runs).sort()).toEqual([6, 7]);
    expect(await retrial('compare', 'loss', '--text', '--where', 'took > 3600')).toMatchObject({
      ...{ exitCode: 2, stdout: '', stderr: expect.stringContaining('no run matches --where took > 3600') },
    });
  });
});

test('query and diff as Markdown and CSV, and in the width there is', async () => {
  const sql = "SELECT 'a|b' AS text, 1 AS n, 'a text that is longer than there is room for' AS long, 2 AS last";
  expect((await retrial('query', sql, '--md')).stdout).toContain('| a\\|b | 1 |');
  expect((await inWidth(22, 'query', sql)).stdout.split('\n')).toEqual([
    ...['text  n  long', 'a|b   1  a text that …', '(no room for last; --…'],
  ]);
  const pair = [hashes[0] ?? '', hashes[1] ?? ''];
  expect((await retrial('diff', ...pair, '--csv')).stdout.split('\n')).toEqual(
    expect.arrayContaining(['what,name,before,after,difference', 'param,model.learning_rate,0.0001,0.001,']),
  );
  expect((await retrial('diff', ...pair, '--md')).stdout).toContain('| metric | evaluate.ndcg@10 | 0.1 | 0.11 |');
});

test('archive and rm take the runs of a filter', async () => {
  const where = ['--where', 'study = "loss" and model.loss = "wgan" and learning_rate > .0005'];
  const going = await retrial('rm', ...where, '--dry-run');
  expect(going.stdout.match(/^[0-9a-f]{12}@1 (complete|failed)$/gm)).toHaveLength(3);
  expect((await json('runs', ...where)).length).toBe(3);
  const archived = await retrial('archive', ...where, '-o', 'wgan.tar.gz');
  expect(archived.stderr).toContain('3 attempts');
  expect(await retrial('rm', '--where', 'tags contains "old"')).toMatchObject({
    ...{ exitCode: 2, stderr: expect.stringContaining('pinned or tagged') },
  });
  expect((await retrial('rm', ...where)).exitCode).toBe(0);
  expect(await json('runs', ...where)).toEqual([]);
  expect(await retrial('rm', ...where)).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('no run matches'),
  });
  expect(await retrial('rm', 'latest', ...where)).toMatchObject({ exitCode: 2 });
});
