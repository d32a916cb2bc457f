/** Results shared through a folder: fetched whole or not at all, and never a reason for a run to fail. */
import { existsSync, mkdirSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { layoutOf } from '../../src/store/layout.ts';
import { verifyStore } from '../../src/store/verify.ts';
import { keptFiles, keptIn, keptProject } from '../helpers/kept-project.ts';
import { outcomes, type RunJson, rig } from '../helpers/rig.ts';
import { flipBit } from '../hostile/damaged-store.ts';

const pipeline = (remote: string) => ({
  'pipeline.yaml': `${keptFiles['pipeline.yaml']}remote: ${JSON.stringify(remote)}\n`,
});

test('what one store made another fetches, checked; what is damaged there is made again, and mended there', async () => {
  const { project: one, fingerprint } = keptProject(pipeline('remote'));
  const remote = one.path('remote');
  const alone = await one.retrial('run', '--json');
  expect(alone).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('cannot be used') });
  expect(existsSync(remote)).toBe(false); // never made: where a disk is not mounted nobody would share it
  const first = JSON.parse(alone.stdout) as RunJson;
  mkdirSync(remote);
  await one.run('--force');
  const layout = layoutOf(remote);
  expect((await verifyStore(layout)).checked.results).toBe(2);

  const two = rig({ ...keptFiles, ...pipeline(remote) });
  const fetched = await two.run();
  expect(outcomes(fetched)).toEqual({ make: 'cached', score: 'cached' });
  expect(fetched.configHash).toBe(first.configHash); // where results are shared is in no hash
  expect((await verifyStore(keptIn(two).layout)).problems).toEqual([]);
  expect(outcomes(await two.run())).toEqual({ make: 'fresh', score: 'fresh' });

  const [make, score] = [fingerprint(first, 'make'), fingerprint(first, 'score')];
  flipBit(join(layout.stage(make).outs, 'made/one.txt'), true);
  truncateSync(layout.stage(score).lock, 30);
  const three = rig({ ...keptFiles, ...pipeline(remote) });
  const damaged = await three.retrial('run', '--json');
  expect(outcomes(JSON.parse(damaged.stdout) as RunJson)).toEqual({ make: 'ran', score: 'ran' });
  expect(damaged.stderr.match(/is damaged/g)).toHaveLength(2);
  expect(await verifyStore(layout)).toMatchObject({ problems: [], checked: { results: 2 } });
  expect(readdirSync(layout.scratchRoot)).toEqual([]);
  rmSync(remote, { recursive: true });
  writeFileSync(remote, 'no folder');
  expect(await three.retrial('run', '--set', 'text=new')).toMatchObject({ exitCode: 0 });
});
