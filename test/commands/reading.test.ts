import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { beforeAll, describe, expect, test } from 'vitest';
import { short } from '../../src/hash.ts';
import { compiled } from '../helpers/compiled.ts';
import { record, recordStudy } from '../helpers/record-fixture.ts';
import { temporaryLayout } from '../helpers/temporary-layout.ts';

const script = await compiled(fileURLToPath(new URL('../helpers/read-record.ts', import.meta.url)));
const layout = temporaryLayout();
let hashes: readonly string[] = [];
let leaked = '';

function retrial(command: string, argument = '', options: object = {}, runsDir = layout.runs) {
  const args = [script, command, runsDir, argument, JSON.stringify(options)];
  return execa(process.execPath, args, { reject: false, env: { NO_COLOR: '1' } });
}

beforeAll(() => {
  hashes = recordStudy(layout);
  [leaked = ''] = record(layout, { protocol: 'leaked', score: 0.9, tags: ['old'], note: 'the notebook' });
});

describe('runs', () => {
  test('JSON is a public interface', async () => {
    const { stdout, exitCode } = await retrial('runs', '', { json: true, study: 'loss' });
    expect(exitCode).toBe(0);
    const all = JSON.parse(stdout) as object[];
    expect(all).toHaveLength(12);
    expect(all.at(-1)).toEqual({
      ...{
        configHash: hashes[0],
        attempt: 1,
        status: 'complete',
        startedAt: '2023-11-14T22:13:20.000Z',
        durationMs: 9,
      },
      params: expect.objectContaining({ model: expect.objectContaining({ loss: 'vanilla', learning_rate: 0.0001 }) }),
      metrics: {
        ...{ 'train.g_loss': 0.7, 'train.d_accuracy': 0.5, 'evaluate.ndcg@10': 0.1 },
        ...{ 'evaluate.precision@5': 0.125, 'evaluate.loss': 1.5 },
      },
      ...{ tags: [], note: null, pinned: false, nondeterministic: [], study: 'loss', trial: 0 },
    });
  });

  test('sorted by a metric: best first, protocols apart', async () => {
    const { stdout, stderr } = await retrial('runs', '', { sort: ['ndcg@10'] });
    const lines = stdout.split('\n').map((line) => line.trim());
    expect(lines[1]).toBe('evaluate.protocol = masked');
    expect(lines[2]).toMatch(new RegExp(`^1 +${short(hashes[10] ?? '')}`));
    expect(lines[13]).toBe('evaluate.protocol = leaked');
    expect(lines[14]).toMatch(new RegExp(`^1 +${short(leaked)}`));
    expect(lines[15]).toBe('without evaluate.ndcg@10');
    expect(stderr).toBe('2 more metrics: --columns all, or their names, or retrial show HASH\n'.trim());
  });

  test('all columns where they are asked for; a hash is as short as elsewhere, and whole for programs', async () => {
    const all = (await retrial('runs', '', { columns: 'all' })).stdout.split('\n');
    expect(all[0]).toMatch(/^run .*evaluate\.precision@5 +evaluate\.loss/);
    expect(all[0]).toContain('train.g_loss');
    const run = hashes[11] ?? '';
    const only = { columns: 'run,status', study: 'loss', limit: 1 };
    expect((await retrial('runs', '', only)).stdout.split('\n')[1]).toMatch(new RegExp(`^${short(run)} +failed$`));
    expect((await retrial('runs', '', { ...only, csv: true })).stdout).toContain(`${run},failed`);
  });

  test('sorted by a param, cut to a limit, and what is no name', async () => {
    const { stdout, stderr } = await retrial('runs', '', { sort: ['-latent_dim'], limit: 2, json: true });
    expect(
      (JSON.parse(stdout) as { params: { model: { latent_dim: number } } }[]).map((r) => r.params.model.latent_dim),
    ).toEqual([32, 32]);
    expect(stderr).toBe('');
    expect(await retrial('runs', '', { sort: ['latent'] })).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('model.latent_dim'),
    });
    expect(await retrial('runs', '', { study: 'lost' })).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('studies: loss'),
    });
  });

  test('a damaged journal is told on stderr, nothing on record is said', async () => {
    const own = temporaryLayout();
    expect(await retrial('runs', '', {}, own.runs)).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: expect.stringContaining('no run yet'),
    });
    record(own, {});
    appendFileSync(join(own.journals, readdirSync(own.journals)[0] ?? ''), 'garbage\n');
    expect(await retrial('runs', '', {}, own.runs)).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining('is damaged at byte'),
    });
  });
});

describe('show', () => {
  test('all that is known, in text', async () => {
    const { stdout } = await retrial('show', short(leaked));
    expect(stdout).toContain(`${short(leaked)}@1  complete\nconfig hash ${leaked}`);
    expect(stdout).toContain('tags old\nnote: the notebook');
    expect(stdout).toMatch(/evaluate\.ndcg@10 +0\.9000\n/);
    expect(stdout).toMatch(/train\.d_accuracy +0\.5000 {2}guessing 0\.5000\n/);
    expect(stdout.match(/ranked where equal: .*/g)).toEqual([
      expect.stringMatching(/^ranked where equal: .*evaluate\.protocol = leaked, truth [0-9a-f]{8}$/),
    ]);
    expect(stdout).toContain(`npx retrial reproduce ${short(leaked)}`);
  });

  test('a failed run: why, the end of its log, where it lies', async () => {
    const { stdout } = await retrial('show', hashes[11]);
    expect(stdout).toContain('train exited with code 1\n  │ step 1\n  │ Error: out of memory\n  log: ');
  });

  test('JSON adds stages, outputs with hashes, environment', async () => {
    const shown = JSON.parse((await retrial('show', leaked, { json: true })).stdout) as Record<string, unknown>;
    expect(shown).toMatchObject({
      ...{ configHash: leaked, tags: ['old'], environment: { cpus: 2 }, reproduced: null },
      stages: [
        {
          name: 'download',
          outcome: 'cached',
          outputs: { result: { hash: expect.stringMatching(/^[0-9a-f]{64}$/), size: 1234 } },
        },
        { name: 'preprocess', deps: ['download'] },
        { name: 'train', executionMs: 3400, retries: 0 },
        { name: 'evaluate' },
      ],
    });
  });

  test('an unknown hash is the user’s mistake', async () => {
    expect(await retrial('show', '0'.repeat(12))).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('the newest are'),
    });
  });
});

describe('compare', () => {
  test('writes one page, and prints the leaderboard and where the page lies', async () => {
    const { stdout, exitCode } = await retrial('compare', 'loss');
    expect(exitCode).toBe(0);
    const lines = stdout.split('\n');
    expect(lines[0]).toBe('Study loss, by evaluate.ndcg@10 (most first)');
    expect(lines[1]).toBe('Which loss?');
    expect(lines[3]).toMatch(new RegExp(`^ *1 +${short(hashes[10] ?? '')}`));
    expect(lines.at(-1)).toMatch(/compare\.html$/);
    const page = readFileSync(join(layout.runs, 'compare.html'), 'utf8');
    expect(page).toContain(short(hashes[0] ?? ''));
    expect(page).not.toContain(short(leaked));
  });

  test('ranked by the metric that is asked for; one that is nothing’s, or has no goal, is a mistake', async () => {
    const by = async (metric: string, selection = 'loss') => await retrial('compare', selection, { metric });
    expect((await by('evaluate.loss')).stdout).toContain('Study loss, by evaluate.loss (least first)');
    expect((await by('precision@5', `${hashes[0]},${leaked}`)).stdout).toContain('2 runs, by evaluate.precision@5');
    expect(await by('precision')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('evaluate.precision@5'),
    });
    expect(await by('g_loss')).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('no goal to rank by') });
  });

  test('to another file; nothing to compare is the user’s mistake', async () => {
    const output = join(layout.runs, 'one.html');
    expect((await retrial('compare', leaked, { output })).exitCode).toBe(0);
    expect(readFileSync(output, 'utf8')).toContain(short(leaked));
    const nothing = await retrial('compare', '', {}, temporaryLayout().runs);
    expect(nothing).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('no run to compare') });
  });
});
