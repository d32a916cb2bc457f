/** Results shared through a folder: fetched whole or not at all, and never a reason for a run to fail. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readJson } from '../../src/store/files.ts';
import { layoutOf } from '../../src/store/layout.ts';
import type { StageLock } from '../../src/store/published.ts';
import { openRemote } from '../../src/store/remote.ts';
import { verifyStore } from '../../src/store/verify.ts';
import { keptFiles, keptIn, keptProject } from '../helpers/kept-project.ts';
import { outcomes, type RunJson, rig } from '../helpers/rig.ts';
import { temporaryLayout } from '../helpers/temporary-layout.ts';
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

test('metrics that were changed there are not believed', async () => {
  const { project: one, fingerprint } = keptProject(pipeline('remote'));
  mkdirSync(one.path('remote'));
  const first = await one.run();
  const { lock } = layoutOf(one.path('remote')).stage(fingerprint(first, 'score'));
  writeFileSync(lock, readFileSync(lock, 'utf8').replace('"size": 101', '"size": 7'));
  const two = rig({ ...keptFiles, ...pipeline(one.path('remote')) });
  const { stdout, stderr } = await two.retrial('run', '--json');
  expect(JSON.parse(stdout)).toMatchObject({ metrics: { 'score.size': 101 } });
  expect(stderr).toContain(`the remote's result ${fingerprint(first, 'score')} is damaged`);
  expect(readFileSync(lock, 'utf8')).toContain('"size": 101'); // it was mended there
});

test('what goes wrong here is told, and the remote is used all the same', async () => {
  const { project, layout, fingerprint } = keptProject();
  const result = await project.run();
  const [make, score] = ['make', 'score'].map((stage) => fingerprint(result, stage));
  if (make === undefined || score === undefined) throw new Error('two stages');
  const lockOf = async (hash: typeof make) => (await readJson<StageLock>(layout.stage(hash).lock)) as StageLock;
  const shared = layoutOf(project.path('remote'));
  mkdirSync(shared.runs);
  const told: string[] = [];
  const remote = openRemote(shared.runs, (message) => told.push(message));
  rmSync(layout.stage(make).log);
  mkdirSync(layout.stage(make).log); // no file to copy
  remote.push(layout, await lockOf(make));
  remote.push(layout, { ...(await lockOf(score)), outputs: undefined } as unknown as StageLock); // a bug of ours
  remote.push(layout, await lockOf(score));
  await remote.settled();
  expect(told.map((message) => message.replace(/: .*/, ''))).toEqual(
    [make, score].map((hash) => `the result ${hash} is not kept in the remote`),
  );
  expect([make, score].map((hash) => existsSync(shared.stage(hash).lock))).toEqual([false, true]);

  const other = temporaryLayout();
  mkdirSync(other.stages);
  writeFileSync(other.scratchRoot, 'no folder');
  expect(await remote.fetch(other, score)).toBe(false);
  expect(told.splice(0).at(-1)).toContain(`the remote's result ${score} could not be kept here`);
  rmSync(other.scratchRoot);
  expect(await remote.fetch(other, score)).toBe(true);

  const lock = readFileSync(shared.stage(score).lock, 'utf8');
  writeFileSync(shared.stage(score).lock, lock.replace('"key": {', '"key": { "large": 1e999,'));
  expect(await remote.fetch(temporaryLayout(), score)).toBe(false);
  expect(told).toEqual([`the remote's result ${score} is damaged`]);
  mkdirSync(project.path('gone'));
  const gone = openRemote(project.path('gone'), (message) => told.push(message));
  expect(await gone.fetch(other, make)).toBe(false);
  rmSync(project.path('gone'), { recursive: true });
  writeFileSync(project.path('gone'), 'no folder');
  for (const hash of [score, score]) gone.push(layout, await lockOf(hash));
  await gone.settled();
  expect(told.slice(1)).toEqual([expect.stringContaining('gone cannot be used')]); // once
});
