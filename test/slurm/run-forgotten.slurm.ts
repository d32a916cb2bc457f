/** A queue that forgets jobs at once: how they ended is known all the same. */
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rig, until } from '../helpers/rig.ts';
import { onSlurm, run } from './cluster/nodes.ts';
import { ownCluster } from './cluster/setup.ts';
import { openOf, stagesOf, stateOfJob, submit } from './submitting.ts';

const stage = (name: string) =>
  `  ${name}: { cmd: 'touch ${name}-begun; while [ ! -e go ]; do sleep 0.1; done; echo > \${outs.o}', outs: { o: o } }\n`;

const isForgotten = (job: string) => {
  try {
    return stateOfJob(job) === '';
  } catch {
    return true; // an invalid job id
  }
};

onSlurm('a queue that forgets', () => {
  let down: (() => Promise<void>) | undefined;
  beforeAll(async () => {
    process.env.SLURM_EXTRA = 'MinJobAge=2';
    down = await ownCluster();
  });
  afterAll(() => down?.());

  test('a job that was cancelled long before the last one ends', { timeout: 300_000 }, async () => {
    const on = rig({ 'pipeline.yaml': `version: 1\nstages:\n${stage('one')}${stage('two')}` });
    const { jobs } = await submit(on);
    const job = (name: string) => jobs.find(({ stages }) => stages.includes(name))?.job ?? '';
    await until('both to begin', () => existsSync(on.path('one-begun')) && existsSync(on.path('two-begun')), 60_000);
    run(['scancel', job('one')]);
    await until('Slurm to forget it', () => isForgotten(job('one')), 200_000);
    on.write({ go: '' });
    await until('the end', () => openOf(on).length === 0, 60_000);
    expect(await stagesOf(on)).toEqual({ status: 'cancelled', one: 'cancelled', two: 'ran' });
  });
});
