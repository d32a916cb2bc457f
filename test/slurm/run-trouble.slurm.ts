/** What goes wrong with the jobs of a run is seen, named, and leaves nothing `running`. */
import { existsSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Rig, rig, until } from '../helpers/rig.ts';
import { killController, onSlurm, run, startController } from './cluster/nodes.ts';
import { stagesOf, stateOfJob, submit, waited, whenRunning } from './submitting.ts';

/** A stage that lasts until it is let go on, and one that needs it. */
const files = {
  'pipeline.yaml': `version: 1
stages:
  first: { cmd: 'touch begun; while [ ! -e go ]; do sleep 0.1; done; echo 1 > \${outs.a}', outs: { a: a.txt }, code: [code.sh] }
  second: { cmd: 'cat \${deps.a} > \${outs.b}', deps: { a: '\${first.a}' }, outs: { b: b.txt } }
`,
  'code.sh': 'echo one\n',
};
/** Counts to five and keeps where it is; the fifth number is what it comes to. */
const counting = {
  'pipeline.yaml': `version: 1
stages:
  count: { cmd: 'sh count.sh \${outs.n}', outs: { n: n.txt }, code: [count.sh] }
  after: { cmd: 'cat \${deps.n} > \${outs.m}', deps: { n: '\${count.n}' }, outs: { m: m.txt } }
`,
  'count.sh': `trap 'exit 143' TERM
n=$(cat "$RETRIAL_CHECKPOINT/n" 2> /dev/null || echo 0)
echo "begin at $n" >> begun
while [ $n -lt 5 ]; do
  n=$((n + 1)); echo $n > "$RETRIAL_CHECKPOINT/n"
  if [ $n = 3 ] && [ ! -e go ]; then touch third; while [ ! -e go ]; do sleep 0.1; done; fi
done
echo $n > "$1"
`,
};

const openOf = (on: Rig) => readdirSync(on.path('runs/submissions/open'));
const attemptsOf = async (on: Rig) => {
  const { stdout } = await on.retrial('query', 'SELECT attempt FROM attempts ORDER BY attempt', '--json');
  return (JSON.parse(stdout) as { attempt: number }[]).map(({ attempt }) => attempt);
};

onSlurm('a run on Slurm in trouble', () => {
  test.concurrent('a job that is cancelled says so, and who waits for it does not run', async ({ onTestFinished }) => {
    const on = rig(files, onTestFinished);
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
    expect(await stagesOf(on)).toEqual({ status: 'cancelled', first: 'cancelled', second: 'dependency-failed' });
  });

  test.concurrent('all its jobs gone, the one that ends it too: whoever reads the record ends it', async ({
    onTestFinished,
  }) => {
    const on = rig(files, onTestFinished);
    const { jobs } = await submit(on);
    await until('the stage to begin', () => existsSync(on.path('begun')), 60_000);
    const [first = '0'] = jobs.map(({ job }) => job);
    const name = run(['squeue', '-h', '-j', first, '-o', '%j'])
      .trim()
      .replace(/^first/, '@seal');
    run(['scancel', `--name=${name}`]); // the one that would end it
    run(['scancel', first]);
    await until('the job to end', () => stateOfJob(first) === 'CANCELLED', 60_000);
    expect(openOf(on)).toHaveLength(1);
    expect((await on.retrial('runs')).stdout).toMatch(/cancelled/);
    on.write({ go: '' });
    expect(await submit(on)).toMatchObject({ status: 'submitted', attempt: 2 }); // what was lost is submitted again
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
    on.write({ go: '' });
    await until('the end', () => openOf(on).length === 0, 60_000);
    const result = await on.run();
    expect(result).toMatchObject({ status: 'complete', attempt: null });
    expect(await attemptsOf(on)).toEqual([attempt]);
    expect(on.read('begun')).toBe('begin at 0\nbegin at 3\n');
    const local = rig({ ...counting, go: '' }, onTestFinished);
    expect((await local.run()).stages.map(({ outputs }) => outputs)).toEqual(
      result.stages.map(({ outputs }) => outputs),
    );
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
    const on = rig(files, onTestFinished);
    const { jobs } = await submit(on);
    await until('the stage to begin', () => existsSync(on.path('begun')), 60_000);
    run(['scancel', '--batch', '--signal=USR1', jobs[0]?.job ?? '']);
    await until('the end', () => openOf(on).length === 0, 60_000);
    expect(await stagesOf(on)).toEqual({ status: 'failed', first: 'time-limit', second: 'dependency-failed' });
  });

  test.concurrent('code that changes while its job waits is not run', async ({ onTestFinished }) => {
    const on = rig({ ...files, go: '', 'configs/slurm.yaml': 'options: { begin: now+3 }\n' }, onTestFinished);
    await submit(on);
    on.write({ 'code.sh': 'echo two\n' });
    await until('the end', () => openOf(on).length === 0, 60_000);
    expect(await stagesOf(on)).toEqual({ status: 'failed', first: 'inputs-changed', second: 'dependency-failed' });
  });

  test.concurrent('what Slurm cannot give is said before anything begins', async ({ onTestFinished }) => {
    const on = rig({ ...files, 'configs/slurm.yaml': 'memory: 4TiB\n' }, onTestFinished);
    const { exitCode, stderr } = await on.retrial('run', '--executor', 'slurm');
    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/Slurm: .*not available.*\n.*nothing was submitted/)]);
    expect(existsSync(on.path('runs/latest'))).toBe(false);
    expect(await on.retrial('run', '--executor', 'slurm', '-j', '2')).toMatchObject({ exitCode: 2 });
  });

  test.concurrent('Ctrl-C ends the following, and not the jobs', async ({ onTestFinished }) => {
    const on = rig(files, onTestFinished);
    const following = on.start('run', '--executor', 'slurm', '--wait');
    await until('the stage to begin', () => existsSync(on.path('begun')), 60_000);
    following.kill('SIGINT');
    const { exitCode, all } = await following;
    expect([exitCode, all]).toEqual([130, expect.stringMatching(/its jobs go on; .*scancel \d+ \d+/)]);
    on.write({ go: '' });
    expect((await waited(on)).status).toBe('complete');
  });
});

onSlurm('a run on Slurm without a controller', () => {
  test('says so, and begins nothing; jobs that run go on', async () => {
    const on = rig(files);
    await submit(on);
    await until('the stage to begin', () => existsSync(on.path('begun')), 60_000);
    await new Promise((resolve) => setTimeout(resolve, 6_000)); // the controller writes its state down now and then
    await killController();
    const { exitCode, stderr } = await on.retrial('run', '--executor', 'slurm', '--force');
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/Slurm does not answer: .*; nothing was submitted/)]);
    expect(await stagesOf(on)).toMatchObject({ status: 'running' });
    on.write({ go: '' });
    startController();
    expect((await waited(on)).status).toBe('complete');
  });
});
