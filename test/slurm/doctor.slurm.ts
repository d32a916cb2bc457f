/** What `retrial doctor` finds on a cluster. */
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Check } from '../../src/commands/doctor-checks.ts';
import { filesBelow, rig, until } from '../helpers/rig.ts';
import { onSlurm } from './cluster/nodes.ts';

onSlurm('doctor', () => {
  test('a compute node is tried: folder, clock, store, TensorFlow; and nothing is left', async () => {
    const on = rig({ 'pipeline.yaml': 'version: 1\nstages: {}\n' });
    const { stdout } = await on.retrial('doctor', '--slurm', '--json');
    const checks = new Map((JSON.parse(stdout) as Check[]).map((check) => [check.name, check]));
    for (const name of ['slurm', 'compute node', 'clock there', 'store there', 'node there', 'exclusive create there'])
      expect(checks.get(name), name).toMatchObject({ state: 'ok' });
    expect(checks.has('tensorflow there')).toBe(true);
    expect((await on.retrial('doctor')).stdout).toContain('doctor --slurm tries it by a job');
    expect(() => on.read('runs')).toThrow('ENOENT');
  });

  test('what a run begins meanwhile in the folder it made stays', async () => {
    const on = rig({
      'pipeline.yaml': 'version: 1\nstages: {}\n',
      'configs/slurm.yaml': 'options: { begin: now+3 }\n',
    });
    const trying = on.start('doctor', '--slurm');
    await until('the folder', () => existsSync(on.path('runs')));
    on.write({ 'runs/stages/one': 'a result' });
    await trying;
    expect(filesBelow(on.path('runs'))).toEqual(['stages', 'stages/one']);
  });

  test('what the site does not have is told, with what to do', async () => {
    const on = rig({ 'pipeline.yaml': 'version: 1\nstages: {}\n', 'configs/slurm.yaml': 'partition: nope\n' });
    const { stdout, exitCode } = await on.retrial('doctor', '--slurm');
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/✗ compute node +no job: .*partition/i);
    on.write({ 'configs/slurm.yaml': 'setup: ["false"]\n' });
    expect((await on.retrial('doctor', '--slurm')).stdout).toContain('the set-up failed: ');
  });
});
