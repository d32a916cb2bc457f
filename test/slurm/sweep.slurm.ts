/** Studies whose workers are jobs of a real Slurm. */
import { expect, test } from 'vitest';
import { outcomeOf } from '../helpers/sweep-project.ts';
import { onSlurm, run } from './cluster/nodes.ts';
import { slurmRig, states } from './sweep-on-slurm.ts';

const whole = 'cpus: 4'; // a worker has a node to itself

onSlurm('a sweep on Slurm', () => {
  test('an array over four nodes finds what local workers find, and every reader works', async () => {
    const on = slurmRig({ slurm: `{ ${whole}, array_cap: 4 }` });
    const local = slurmRig();
    const job = await on.submit('--workers', '4', '--time', '10m');
    expect(Object.keys(states(job))).toHaveLength(4);
    const watched = await on.watch();
    expect(watched).toMatchObject({ exitCode: 0, json: { states: { complete: 4 }, best: { trial: 1 } } });
    await local.sweep();
    expect(outcomeOf(await on.state())).toEqual(outcomeOf(await local.state()));
    const runs = await on.retrial('runs', '--study', 's', '--json');
    expect(JSON.parse(runs.stdout)).toHaveLength(4);
    expect((await on.retrial('compare', 's', '-o', 'page.html')).exitCode).toBe(0);
    expect(on.logs()).toMatch(/worker \d+_0 of study s on/);
    const again = await on.retrial('sweep', 'sweep.yaml', '--executor', 'slurm');
    expect(again).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('best: trial 1') });
    expect(again.stderr).toMatch(/study s: 4 trials, 4 finished before$/);
  });

  test('the same command again submits nothing twice, and tops up', async () => {
    const on = slurmRig({ parameters: '{ x: { values: [3, 1, 2, 4] }, gate: { values: [5] } }' });
    const [first, second] = await Promise.all([on.submit('--workers', '2'), on.submit('--workers', '2')]);
    expect([first, second].filter((job) => job === 'null')).toHaveLength(1);
    const again = await on.retrial('sweep', 'sweep.yaml', '--executor', 'slurm', '--workers', '2', '--time', '9m');
    expect(again.stdout).toMatch(/nothing is submitted: \d workers? (is|are) running and \d waiting already/);
    expect(again.stderr).toContain('--time: said in vain');
    const more = await on.retrial('sweep', 'sweep.yaml', '--executor', 'slurm', '--workers', '3');
    expect(more.stdout).toMatch(/1 worker submitted as job \d+; \d running and \d waiting before/);
    on.write({ go: '' });
    expect(await on.watch()).toMatchObject({ exitCode: 0, json: { states: { complete: 4 } } });
    expect(on.ran('train')).toHaveLength(4);
  });

  test('what cannot be is refused before anything is submitted, or told by --watch', async () => {
    const on = slurmRig();
    const refused = await on.retrial('sweep', 'sweep.yaml', '--executor', 'slurm', '--constraint', 'nope');
    expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/Slurm refuses: .*feature/i) });
    const local = await on.retrial('sweep', 'sweep.yaml', '--partition', 'main');
    expect(local).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--executor slurm') });
    const job = await on.submit('--workers', '2', '--partition', 'short', '--time', '2h');
    const watching = on.start('sweep', 'sweep.yaml', '--watch');
    let said = '';
    watching.all?.on('data', (data) => {
      said += data;
      if (/2 jobs wait, such as \d+_0, in vain: .*PartitionTimeLimit|PartitionConfig/.test(said)) run(['scancel', job]);
    });
    expect((await watching).exitCode).toBe(1);
    expect(said).toMatch(/in vain/);
    expect(said).toContain('nobody works on study s any more: 4 trials are left');
    expect(await on.submit('--workers', '2')).toMatch(/^\d+$/);
    expect(await on.watch()).toMatchObject({ exitCode: 0 });
  });

  test('mistakes in settings are told at their places', async () => {
    const on = slurmRig({ slurm: '{ partiton: main }' }, { 'configs/slurm.yaml': 'cpus: none\n' });
    const inFile = await on.retrial('sweep', 'sweep.yaml', '--executor', 'slurm');
    expect(inFile).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/sweep.yaml:\d+:\d+.*partiton/) });
    on.change({ slurm: '{ options: { quiet: true } }' });
    const refused = await on.retrial('sweep', 'sweep.yaml', '--executor', 'slurm');
    expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/sweep.yaml:\d+:\d+.*\n?.*"quiet"/) });
    on.change({ slurm: '{ partition: main }' });
    const ofSite = await on.retrial('sweep', 'sweep.yaml', '--executor', 'slurm');
    expect(ofSite).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('configs/slurm.yaml:1:7') });
    const unbegun = await on.retrial('sweep', 'sweep.yaml', '--watch');
    expect(unbegun.stderr).toBeTruthy();
  });

  test('why workers failed is quoted by --watch, and by the command that submits others', async () => {
    const on = slurmRig({ slurm: '{ setup: [module load nothing] }' });
    await on.submit('--workers', '2');
    const watched = await on.retrial('sweep', 'sweep.yaml', '--watch');
    const words = 'slurm/logs/\\d+_\\d.log: the set-up failed: module load nothing';
    expect(watched).toMatchObject({ exitCode: 1 });
    expect(watched.stderr).toMatch(new RegExp(`worker \\d+_\\d failed with exit code 78; \\S*${words}`));
    const again = await on.retrial('sweep', 'sweep.yaml', '--executor', 'slurm', '--workers', '2');
    expect(again.stderr).toMatch(new RegExp(`all 2 workers before failed; \\S*${words}`));
  });

  test('a cancelled array leaves nothing running, and local workers finish the study', async () => {
    const on = slurmRig({
      parameters: '{ x: { values: [3, 1, 2, 4] }, gate: { values: [5] } }',
      slurm: `{ ${whole} }`,
    });
    const job = await on.submit('--workers', '3');
    await expect.poll(() => on.ran('gate').length, { timeout: 60_000 }).toBe(3);
    const watching = on.start('sweep', 'sweep.yaml', '--watch');
    watching.all?.once('data', () => run(['scancel', job]));
    const watched = await watching;
    expect(watched.exitCode).toBe(1);
    expect(watched.all).toMatch(/trial \d {2}given back {2}job \d+_\d was cancelled, or preempted/);
    expect(watched.all).toMatch(/worker \d+_\d was cancelled/);
    const runs = JSON.parse((await on.retrial('runs', '--json')).stdout) as { status: string }[];
    expect(new Set(runs.map(({ status }) => status))).toEqual(new Set(['cancelled']));
    on.write({ go: '' });
    expect(await on.sweep()).toMatchObject({ exitCode: 0, json: { states: { complete: 4 } } });
    expect(on.ran('resume6')).toHaveLength(3);
  });

  test('workers that are submitted anew are told of by a --watch that goes on', async () => {
    const on = slurmRig({ parameters: '{ x: { values: [3, 1, 2, 4] }, gate: { values: [5] } }' });
    const joining = on.sweep('--workers', '1'); // so that somebody is at work
    await expect.poll(() => on.ran('gate').length, { timeout: 60_000 }).toBe(1);
    const job = await on.submit('--workers', '2');
    const watching = on.start('sweep', 'sweep.yaml', '--watch');
    let said = '';
    watching.all?.on('data', (data) => {
      said += data;
    });
    await expect.poll(() => said.match(/workers: 2 running/g)?.length, { timeout: 60_000 }).toBe(1);
    run(['scancel', job]);
    await expect.poll(() => said, { timeout: 60_000 }).toContain('workers: 0 running');
    await on.submit('--workers', '2');
    await expect.poll(() => said.match(/workers: 2 running/g)?.length, { timeout: 60_000 }).toBe(2);
    on.write({ go: '' });
    expect((await watching).exitCode).toBe(0);
    await joining;
  });

  test('a file that asks otherwise than before is told of, by the worker it was not submitted for and by who submits', async () => {
    const on = slurmRig({ slurm: '{ options: { hold: true } }' });
    const job = await on.submit('--workers', '1');
    on.change({ slurm: '{ partition: main }', parameters: '{ x: { values: [7, 8, 9] } }' });
    run(['scontrol', 'release', job]);
    await expect.poll(() => Object.values(states(job)), { timeout: 60_000 }).toEqual(['COMPLETED']);
    expect(on.logs()).toContain('asks otherwise than the study it was submitted for');
    const again = await on.retrial('sweep', 'sweep.yaml', '--executor', 'slurm', '--workers', '1');
    expect(again.stderr).toContain('study s was changed: from trial 0 on');
    expect(await on.watch()).toMatchObject({ exitCode: 0, json: { states: { complete: 3 } } });
  });

  test('local workers join a study on Slurm, and two studies share their stages', async () => {
    const gated = '{ x: { values: [3, 1, 2, 4, 5, 6] }, gate: { values: [5] } }';
    const on = slurmRig({ parameters: gated });
    on.write({ 'other.yaml': on.read('sweep.yaml').replace('name: s\n', 'name: other\n') });
    await Promise.all([
      on.submit('--workers', '2'),
      on.retrial('sweep', 'other.yaml', '--executor', 'slurm', '--workers', '2'),
    ]);
    const joining = on.sweep('--workers', '2');
    await expect.poll(() => on.ran('gate').length, { timeout: 60_000 }).toBeGreaterThanOrEqual(4);
    on.write({ go: '' });
    expect(await joining).toMatchObject({ exitCode: 0, json: { states: { complete: 6 } } });
    const other = await on.retrial('sweep', 'other.yaml', '--watch');
    expect(other).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('best: trial 1') });
    expect(on.ran('train')).toHaveLength(6);
    const hosts = [...(await on.state()).trials.values()].map(({ asked }) => asked?.by.slurm === undefined);
    expect(new Set(hosts)).toEqual(new Set([true, false]));
  });

  test('two hundred trials', async () => {
    const on = slurmRig({
      parameters: '{ x: { min: 1.0, max: 9.0 } }',
      sampler: '{ type: random }',
      budget: '{ trials: 200 }',
    });
    await on.submit('--workers', '8');
    const watched = await on.watch();
    expect(watched).toMatchObject({ exitCode: 0, json: { states: { complete: 200 } } });
    expect(on.ran('train')).toHaveLength(200);
  });
});
