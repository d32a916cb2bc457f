/** Two clusters over one disk: what the queue of one does not know is not gone. */
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rig, until } from '../helpers/rig.ts';
import { onSlurm } from './cluster/nodes.ts';
import { ownCluster } from './cluster/setup.ts';
import { attemptsOf, lasting, openOf, stagesOf, submit } from './submitting.ts';
import { slurmRig, untilStands } from './sweep-on-slurm.ts';

onSlurm('another cluster over the same disk', () => {
  const places: Record<'here' | 'there', string | undefined> = { here: process.env.SLURM_CONF, there: undefined };
  const downs: (() => Promise<void>)[] = [];
  const goTo = (which: 'here' | 'there') => Object.assign(process.env, { SLURM_CONF: places[which] });
  beforeAll(async () => {
    process.env.SLURM_EXTRA = 'ClusterName=other';
    downs.push(await ownCluster());
    places.there = process.env.SLURM_CONF;
    goTo('here');
  });
  afterAll(() => Promise.all(downs.map((down) => down())));

  test('a reader there ends no run, and the same command there submits nothing', async () => {
    const on = rig(lasting);
    const { attempt } = await submit(on);
    await until('the stage to begin', () => existsSync(on.path('begun')), 60_000);
    goTo('there');
    try {
      expect((await stagesOf(on)).status).toBe('running');
      const again = await on.retrial('run', '--executor', 'slurm');
      expect([again.exitCode, again.stderr]).toEqual([2, expect.stringMatching(/queue of cluster fixture/)]);
    } finally {
      goTo('here');
    }
    expect(openOf(on)).toHaveLength(1);
    on.write({ go: '' });
    await until('the end', () => openOf(on).length === 0, 60_000);
    expect(await stagesOf(on)).toEqual({ status: 'complete', first: 'ran', second: 'ran' });
    expect(await attemptsOf(on)).toEqual([attempt]);
  });

  test('workers of both share a study', async () => {
    const on = slurmRig({ parameters: '{ x: { values: [3, 1] }, gate: { values: [5] } }', budget: '{ trials: 2 }' });
    await on.submit('--workers', '1');
    await untilStands(on, 'gate', 1);
    goTo('there');
    try {
      await on.submit('--workers', '1');
      await untilStands(on, 'gate', 2);
    } finally {
      goTo('here');
    }
    on.write({ go: '' });
    expect(await on.watch()).toMatchObject({ exitCode: 0, json: { states: { complete: 2 } } });
    expect(on.ran('train')).toHaveLength(2);
  });
});
