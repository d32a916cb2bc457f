/** A cluster that refuses what a partition does not allow, as one with EnforcePartLimits does. */
import { existsSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rig, until } from '../helpers/rig.ts';
import { onSlurm, run } from './cluster/nodes.ts';
import { ownCluster } from './cluster/setup.ts';
import { lasting, openOf, stagesOf, stateOfJob, submit } from './submitting.ts';

onSlurm('a run that Slurm refuses', () => {
  let down: (() => Promise<void>) | undefined;
  beforeAll(async () => {
    process.env.SLURM_EXTRA = 'EnforcePartLimits=ALL';
    down = await ownCluster();
  });
  afterAll(() => down?.());

  test('the job that would end the attempt is asked for before anything begins', async () => {
    const on = rig({ ...lasting, 'configs/slurm.yaml': 'partition: short\ntime: 1m\n' });
    const { exitCode, stderr } = await on.retrial('run', '--executor', 'slurm');
    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/Slurm refuses: .*\n.*nothing was submitted/)]);
    expect(existsSync(on.path('runs/latest'))).toBe(false);
  });

  test('what is refused of a submission that stands ends none of its jobs', async () => {
    const on = rig(lasting);
    const { jobs, attempt, configHash } = await submit(on);
    const [first = ''] = jobs.map(({ job }) => job);
    await until('the stage to begin', () => existsSync(on.path('begun')), 60_000);
    const seal = run(['squeue', '-h', '-j', first, '-o', '%j'])
      .trim()
      .replace(/^first/, '@seal');
    run(['scancel', `--name=${seal}`]);
    rmSync(on.path(`runs/submissions/${configHash}@${attempt}/jobs/@seal.json`));
    await until('it to be gone', () => run(['squeue', '-h', `--name=${seal}`]) === '', 60_000);
    on.write({ 'configs/slurm.yaml': 'partition: nope\n' });
    const refused = await on.retrial('run', '--executor', 'slurm');
    expect([refused.exitCode, refused.stderr]).toEqual([
      2,
      expect.stringMatching(/Slurm refuses: .*partition.*\n.*submits what is missing/),
    ]);
    expect(stateOfJob(first)).toBe('RUNNING');
    on.write({ 'configs/slurm.yaml': '', go: '' });
    await submit(on);
    await until('the end', () => openOf(on).length === 0, 60_000);
    expect(await stagesOf(on)).toEqual({ status: 'complete', first: 'ran', second: 'ran' });
  });
});
