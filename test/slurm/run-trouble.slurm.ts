/** What goes wrong with the jobs of a run is seen, named, and leaves nothing `running`. */
import { existsSync, rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { rig, until } from '../helpers/rig.ts';
import { onSlurm, run } from './cluster/nodes.ts';
import {
  attemptsOf,
  counting,
  expectGoneOn,
  lasting,
  openOf,
  stagesOf,
  stateOfJob,
  submit,
  waited,
  whenRunning,
} from './submitting.ts';

onSlurm('a run on Slurm in trouble', () => {
  test.concurrent('a job that is cancelled says so, and who waits for it does not run', async ({ onTestFinished }) => {
    const on = rig(lasting, onTestFinished);
    const { jobs } = await submit(on);
    const [first = ''] = jobs.map(({ job }) => job);
    await whenRunning(first);
    await until('the stage to begin', () => existsSync(on.path('begun')), 60_000);
    expect((await stagesOf(on)).status).toBe('running');
    const following = waited(on); // what was submitted
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    run(['scancel', first]);
    const result = await following;
    expect(result).toMatchObject({
      status: 'cancelled',
      stages: [{ reason: { kind: 'job', how: 'cancelled', job: first } }, {}],
    });
    expect(result.stages[0]).not.toMatchObject({ durationMs: 0 }); // it had begun
    expect(await stagesOf(on)).toEqual({ status: 'cancelled', first: 'cancelled', second: 'dependency-failed' });
  });

  test.concurrent('all its jobs gone, the one that ends it too: whoever reads the record ends it', async ({
    onTestFinished,
  }) => {
    const on = rig(lasting, onTestFinished);
    const { jobs } = await submit(on);
    await until('the stage to begin', () => existsSync(on.path('begun')), 60_000);
    const [first = '0'] = jobs.map(({ job }) => job);
    const name = run(['squeue', '-h', '-j', first, '-o', '%j'])
      .trim()
      .replace(/^first/, '@seal');
    run(['scancel', `--name=${name}`]); // the one that would end it
    run(['scancel', first]);
    await until('all to end', () => jobs.every(({ job }) => stateOfJob(job) === 'CANCELLED'), 60_000); // what waits for it too
    expect(openOf(on)).toHaveLength(1);
    expect((await on.retrial('runs')).stdout).toMatch(/cancelled/);
    on.write({ go: '' });
    expect(await submit(on)).toMatchObject({ status: 'submitted', attempt: 2 }); // what was lost is submitted again
    expect((await waited(on)).status).toBe('complete');
  });

  test.concurrent('all its jobs cancelled, while the one that ends it waits: the next command ends it', async ({
    onTestFinished,
  }) => {
    const on = rig(lasting, onTestFinished);
    const { jobs } = await submit(on);
    await until('the stage to begin', () => existsSync(on.path('begun')), 60_000);
    const ids = jobs.map(({ job }) => job);
    const name = run(['squeue', '-h', '-j', ids[0] ?? '', '-o', '%j'])
      .trim()
      .replace(/^first/, '@seal');
    run(['scontrol', 'hold', `jobname=${name}`]); // as in a full queue
    run(['scancel', ...ids]);
    await until('the jobs to end', () => ids.every((id) => stateOfJob(id) === 'CANCELLED'), 60_000);
    expect(await submit(on)).toMatchObject({ status: 'submitted', attempt: 2 });
    expect(run(['squeue', '-h', '-n', name, '-o', '%T'])).toBe('');
    on.write({ go: '' });
    expect((await waited(on)).status).toBe('complete');
  });

  test.concurrent('a requeued stage goes on from its checkpoint, under the same attempt', async ({
    onTestFinished,
  }) => {
    const on = rig(counting, onTestFinished);
    const { jobs, attempt } = await submit(on);
    const [job = ''] = jobs.map(({ job: id }) => id);
    await until('the third step', () => existsSync(on.path('third')), 60_000);
    run(['scontrol', 'requeue', job]);
    await until('it to wait again', () => stateOfJob(job) === 'PENDING', 60_000);
    await expectGoneOn(on, attempt, rig({ ...counting, go: '' }, onTestFinished));
  });

  test.concurrent('ahead of its time limit a stage with a checkpoint goes back into the queue', async ({
    onTestFinished,
  }) => {
    const on = rig(counting, onTestFinished);
    const { jobs } = await submit(on);
    const [job = ''] = jobs.map(({ job: id }) => id);
    await until('the third step', () => existsSync(on.path('third')), 60_000);
    run(['scancel', '--batch', '--signal=USR1', job]); // as Slurm does, without the minutes
    await until('it to wait again', () => stateOfJob(job) === 'PENDING', 60_000);
    on.write({ go: '' });
    expect((await waited(on)).status).toBe('complete');
    expect(on.read('begun')).toBe('begin at 0\nbegin at 3\n');
  });

  test.concurrent('without a checkpoint the time limit is its end', async ({ onTestFinished }) => {
    const on = rig({ ...lasting, 'configs/slurm.yaml': 'signal_seconds: 3\n' }, onTestFinished);
    const { jobs } = await submit(on);
    await until('the stage to begin', () => existsSync(on.path('begun')), 60_000);
    run(['scancel', '--batch', '--signal=USR1', jobs[0]?.job ?? '']);
    await until('the end', () => openOf(on).length === 0, 60_000);
    expect(await stagesOf(on)).toEqual({ status: 'failed', first: 'time-limit', second: 'dependency-failed' });
  });

  test.concurrent('code that changes while its job waits is not run', async ({ onTestFinished }) => {
    const on = rig({ ...lasting, go: '', 'configs/slurm.yaml': 'options: { begin: now+3 }\n' }, onTestFinished);
    await submit(on);
    on.write({ 'code.sh': 'echo two\n' });
    await until('the end', () => openOf(on).length === 0, 60_000);
    expect(await stagesOf(on)).toEqual({ status: 'failed', first: 'inputs-changed', second: 'dependency-failed' });
  });

  test.concurrent('what Slurm cannot give is said before anything begins', async ({ onTestFinished }) => {
    const on = rig({ ...lasting, 'configs/slurm.yaml': 'memory: 4TiB\n' }, onTestFinished);
    const { exitCode, stderr } = await on.retrial('run', '--executor', 'slurm');
    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringMatching(/Slurm refuses: .*not available.*\n.*nothing was submitted; or try again/),
    ]);
    expect(existsSync(on.path('runs/latest'))).toBe(false);
    expect(await on.retrial('run', '--executor', 'slurm', '-j', '2')).toMatchObject({ exitCode: 2 });
  });

  test.concurrent('a set-up that fails is told, with where to read what it printed', async ({ onTestFinished }) => {
    const on = rig({ ...lasting, go: '', 'configs/slurm.yaml': 'setup: [module load nothing]\n' }, onTestFinished);
    const { exitCode, stderr } = await on.retrial('run', '--executor', 'slurm', '--wait');
    expect(exitCode).toBe(1);
    const [, printed = ''] =
      stderr.match(
        /first +failed: could not be started .*: exit code 78; the set-up failed: module load nothing .*; it printed (\S+)\)/,
      ) ?? [];
    expect(on.read(printed)).toContain('the set-up failed: module load nothing');
  });

  test.concurrent('Ctrl-C ends the following, and not the jobs', async ({ onTestFinished }) => {
    const on = rig(lasting, onTestFinished);
    const following = on.start('run', '--executor', 'slurm', '--wait');
    await until('the stage to begin', () => existsSync(on.path('begun')), 60_000);
    following.kill('SIGINT');
    const { exitCode, all } = await following;
    expect([exitCode, all]).toEqual([130, expect.stringMatching(/its jobs go on; .*scancel \d+ \d+/)]);
    on.write({ go: '' });
    expect((await waited(on)).status).toBe('complete');
  });

  test.concurrent('Slurm itself tells of the time limit', { timeout: 240_000 }, async ({ onTestFinished }) => {
    const limited = counting['pipeline.yaml'].replace('code: [count.sh]', 'code: [count.sh], resources: { time: 40s }');
    const on = rig({ ...counting, 'pipeline.yaml': limited }, onTestFinished);
    await submit(on);
    await until('the third step', () => existsSync(on.path('third')), 60_000);
    await until('it to begin again', () => on.read('begun').includes('begin at 3'), 150_000);
    on.write({ go: '' });
    await until('the end', () => openOf(on).length === 0, 60_000);
    expect(await stagesOf(on)).toEqual({ status: 'complete', count: 'ran', after: 'ran' });
  });

  test.concurrent('a command that was killed half-way is completed by the next', async ({ onTestFinished }) => {
    const on = rig(lasting, onTestFinished);
    const { jobs, attempt, configHash } = await submit(on);
    const [first = '', second = ''] = jobs.map(({ job }) => job);
    const record = (unit: string) => on.path(`runs/submissions/${configHash}@${attempt}/jobs/${unit}.json`);
    // As it is where the answer of one sbatch was not written down, and the next was not asked for.
    const seal = run(['squeue', '-h', '-j', first, '-o', '%j'])
      .trim()
      .replace(/^first/, '@seal');
    run(['scancel', `--name=${seal}`]);
    rmSync(record('@seal'));
    rmSync(record('second'));
    const again = await submit(on);
    expect(again).toMatchObject({ status: 'standing', attempt });
    expect(again.jobs.map(({ job }) => job)).toEqual([first, second]);
    on.write({ go: '' });
    await until('the end', () => openOf(on).length === 0, 60_000);
    expect(await stagesOf(on)).toEqual({ status: 'complete', first: 'ran', second: 'ran' });
  });

  test.concurrent('who needs the same result waits for it in the queue', async ({ onTestFinished }) => {
    const more = "  third: { cmd: 'cat ${deps.b} > ${outs.c}', deps: { b: '${second.b}' }, outs: { c: c.txt } }\n";
    const on = rig({ ...lasting, 'pipeline.yaml': lasting['pipeline.yaml'] + more }, onTestFinished);
    const one = await submit(on, 'second');
    const all = await submit(on);
    expect([one.attempt, all.attempt, all.status]).toEqual([1, 2, 'submitted']);
    expect(stateOfJob(all.jobs[0]?.job ?? '')).toBe('PENDING');
    on.write({ go: '' });
    await until('the end', () => openOf(on).length === 0, 60_000);
    expect(await stagesOf(on)).toMatchObject({ status: 'complete', third: 'ran' });
    expect(await attemptsOf(on)).toEqual([1, 2]);
  });
});
