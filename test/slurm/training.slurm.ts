/** The shipped pipeline on Slurm: a training that is requeued in its middle has the bytes of one that is not. */
import { cpSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { filesBelow, rig, until } from '../helpers/rig.ts';
import { onSlurm, run } from './cluster/nodes.ts';

const root = join(import.meta.dirname, '..', '..');

onSlurm('training', () => {
  test('requeued between two rounds it goes on from its checkpoint, and reproduces', { timeout: 560_000 }, async () => {
    const on = rig({
      'small.yaml': `data: { synthetic: { users: 200, items: 200, ratings: 5000, min_per_user: 5 } }
model: { rounds: 40, validate_every: 0 }
`,
      'sweep.yaml': `version: 1
name: s
config: [small.yaml]
until: validate
metric: { name: validate.ndcg@10, goal: maximize }
parameters: { model.learning_rate: { values: [0.002] } }
`,
    });
    for (const name of ['pipeline.yaml', 'package.json', 'tsconfig.json', 'configs', 'stages', 'src/stage.ts'])
      cpSync(join(root, name), on.path(name), { recursive: true });
    for (const name of ['node_modules', 'native']) symlinkSync(join(root, name), on.path(name));
    const submitted = await on.retrial('sweep', 'sweep.yaml', '--executor', 'slurm', '--json');
    const { job } = JSON.parse(submitted.stdout) as { job: string };
    const rounds = () =>
      filesBelow(on.path('runs'))
        .filter((name) => name.endsWith('train.metrics.jsonl'))
        .flatMap((name) => on.read(join('runs', name)).split('\n'))
        .filter((line) => line.includes('g_loss'));
    await until('some rounds', () => rounds().length > 2, 200_000);
    run(['scontrol', 'requeue', `${job}_0`]);
    const watched = await on.retrial('sweep', 'sweep.yaml', '--watch', '--json');
    const { best } = JSON.parse(watched.stdout) as { best: { runs: string[] } };
    const hash = best.runs[0] ?? '';
    expect((await on.retrial('logs', hash, 'train')).stdout).toContain('goes on from the checkpoint');
    expect((await on.retrial('reproduce', hash)).exitCode).toBe(0);
  });
});
