/** The shipped pipeline isolated, killed, and with the notebook's own protocol. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { needsRealData, skipReason } from '../helpers/real-data.ts';
import { filesBelow, outcomes, type Rig, until } from '../helpers/rig.ts';
import { all, clone, twoRounds } from '../helpers/shipped.ts';

test('isolated, on its own synthetic data: each stage finds what it declares, and needs no more', async () => {
  const project = clone();
  const small = ['users=60', 'items=90', 'ratings=2000', 'min_per_user=5'].flatMap((size) => [
    '--set',
    `data.synthetic.${size}`,
  ]);
  const isolated = await project.run('--isolated', ...small, ...twoRounds);
  expect(isolated.stages.filter(({ reason }) => reason !== undefined)).toEqual([]);
  expect(outcomes(isolated)).toEqual(all('ran'));
  expect(isolated.metrics['download.ratings']).toBe(2_000);
  expect(outcomes(await project.run(...small, ...twoRounds))).toEqual(all('fresh')); // its keys are those of a plain run
});

test('killed while it trains, the same command goes on from the checkpoint, to the bytes of an undisturbed run', async () => {
  const small = ['users=300', 'items=300', 'ratings=9000', 'min_per_user=5'].flatMap((size) => [
    '--set',
    `data.synthetic.${size}`,
  ]);
  const long = ['train', ...small, '--set', 'model.rounds=120', '--set', 'model.validate_every=0'];
  const project = clone();
  const engine = project.start('run', '--json', ...long);
  const rounds = () => {
    const files = filesBelow(project.path('runs')).filter((name) => name.endsWith('train.metrics.jsonl'));
    return files.flatMap((name) =>
      project
        .read(join('runs', name))
        .split('\n')
        .filter((line) => line.includes('g_loss')),
    );
  };
  await until('some rounds', () => rounds().length > 3);
  engine.kill('SIGKILL');
  await engine;
  const checkpoints = () => filesBelow(project.path('runs/checkpoints')).filter((name) => /step-\d+$/.test(name));
  await until('a checkpoint', () => checkpoints().length === 1);

  const again = await project.run(...long);
  expect(outcomes(again)).toMatchObject({ train: 'ran' });
  expect((await project.retrial('logs', again.configHash, 'train')).stdout).toContain('goes on from the checkpoint');
  const trainOf = (run: typeof again) => run.stages.find(({ name }) => name === 'train');
  rmSync(project.path(`runs/stages/${trainOf(again)?.fingerprint}`), { recursive: true });
  expect(checkpoints()).toEqual([]);
  const undisturbed = await project.run(...long);
  expect(outcomes(undisturbed)).toMatchObject({ train: 'ran' });
  expect(trainOf(again)?.outputs).toBeDefined();
  expect(trainOf(again)?.outputs).toEqual(trainOf(undisturbed)?.outputs);
});

describe(`on MovieLens 100K${skipReason}`, needsRealData, () => {
  let project: Rig; // of all of them: what they download and split alike is made once
  beforeAll(() => {
    project = clone(afterAll);
  });

  test("the notebook's own protocol: popularity as measured, the frozen discriminator moves nothing", async () => {
    const notebook = ['-c', 'configs/notebook.yaml', '-c', 'configs/notebook-frozen.yaml', '--set', 'model.steps=3'];
    const { metrics } = await project.run(...notebook, 'evaluate');
    expect(metrics['preprocess.lost_to_minmax']).toBe(6_110);
    expect(metrics['evaluate.popularity.precision@5']).toBeCloseTo(0.5334, 3);
    expect(metrics['evaluate.popularity.ndcg@5']).toBeCloseTo(0.5483, 3);
    expect(Number(metrics['evaluate.precision@5'])).toBeLessThan(0.1);
  });

  test('the record tells the leaked protocol from the held-out one', async () => {
    const popularity = ['-c', 'configs/popularity.yaml', '-c', 'configs/movielens-100k.yaml'];
    const held = await project.run(...popularity, 'evaluate');
    const leaked = await project.run(...popularity, '--set', 'evaluate.protocol=leaked', 'evaluate');
    const both = [held, leaked].map(({ configHash }) => configHash);
    const { exitCode, stdout } = await project.retrial('compare', ...both, '-o', 'page.html');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('evaluate.protocol = leaked');
    expect(readFileSync(project.path('page.html'), 'utf8')).toContain('evaluate.protocol = leaked');
  });
});
