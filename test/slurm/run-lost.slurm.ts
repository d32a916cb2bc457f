/** A run whose node, or whose controller, is gone for a while. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { requeueAtLimit } from '../../src/commands/slurm-requeue.ts';
import { submitUnits } from '../../src/execute/jobs/submit-units.ts';
import type { ConfigHash } from '../../src/hash.ts';
import { slurm } from '../../src/slurm/client.ts';
import { closing, jobName, readSubmission, type Submission } from '../../src/slurm/submissions.ts';
import { layoutOf } from '../../src/store/layout.ts';
import { rig, until } from '../helpers/rig.ts';
import { killController, killNode, onSlurm, run, startController, startNode, stopController } from './cluster/nodes.ts';
import { ownCluster } from './cluster/setup.ts';
import { attemptsOf, counting, lasting, openOf, stagesOf, stateOfJob, submit, waited } from './submitting.ts';

onSlurm('a run on Slurm that loses', () => {
  let down: (() => Promise<void>) | undefined;
  beforeAll(async () => {
    down = await ownCluster();
  });
  afterAll(() => down?.());

  test('its node: another goes on from the checkpoint, and the bits are the same', { timeout: 240_000 }, async () => {
    const on = rig(counting);
    const { jobs, attempt } = await submit(on);
    await until('the third step', () => existsSync(on.path('third')), 60_000);
    const node = Number(
      run(['squeue', '-h', '-j', jobs[0]?.job ?? '', '-o', '%N'])
        .trim()
        .slice(1),
    );
    killNode(node);
    try {
      await until('it to begin again', () => on.read('begun').includes('begin at 3'), 150_000);
      on.write({ go: '' });
      await until('the end', () => openOf(on).length === 0, 60_000);
    } finally {
      await startNode(node);
    }
    expect(await stagesOf(on)).toEqual({ status: 'complete', count: 'ran', after: 'ran' });
    expect(await attemptsOf(on)).toEqual([attempt]);
    expect((await on.retrial('export', 'latest', 'count.n', 'out')).exitCode).toBe(0);
  });

  test('its controller: it says so, and begins nothing; jobs that run go on', async () => {
    const on = rig(lasting);
    await submit(on);
    await until('the stage to begin', () => existsSync(on.path('begun')), 60_000);
    await new Promise((resolve) => setTimeout(resolve, 6_000)); // the controller writes its state down now and then
    await killController();
    const { exitCode, stderr } = await on.retrial('run', '--executor', 'slurm', '--force');
    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringMatching(/Slurm does not answer: .*\n.*nothing was submitted/),
    ]);
    expect(await stagesOf(on)).toMatchObject({ status: 'running' });
    on.write({ go: '' });
    startController();
    expect((await waited(on)).status).toBe('complete');
  });

  test('its controller, just when it is asked for a job: it is not asked for another one until it cannot come any more', async () => {
    const on = rig(lasting);
    const { jobs, attempt, configHash } = await submit(on);
    const layout = layoutOf(on.path('runs'));
    const submission = (await readSubmission(layout, { configHash: configHash as ConfigHash, attempt })) as Submission;
    const nameOf = (unit: string) => jobName(submission, unit);
    const recordOf = (unit: string) => layout.submission(submission.id).job(unit);
    for (const unit of ['second', closing]) {
      run(['scancel', `--name=${nameOf(unit)}`]);
      rmSync(recordOf(unit));
    }
    await new Promise((resolve) => setTimeout(resolve, 6_000)); // the controller writes its state down now and then
    stopController();
    const asking = {
      layout,
      file: on.path('pipeline.yaml'),
      wishes: { site: {}, flags: {} },
      slurm: slurm({ timeoutMs: 2_000 }),
    };
    const answer = await submitUnits(asking, submission, true);
    expect(answer).toMatchObject({ kind: 'incomplete', failure: { message: 'sbatch had no answer for 2 s' } });
    await killController();
    startController();
    const there = (unit: string) =>
      run(['squeue', '-h', `--name=${nameOf(unit)}`, '-o', '%A'])
        .trim()
        .split('\n').length;
    const again = await on.retrial('run', '--executor', 'slurm');
    expect([again.exitCode, again.stderr]).toEqual([
      2,
      expect.stringContaining('whether it took the job of second is not known yet: it is not asked again for 5 min'),
    ]);
    expect(readFileSync(recordOf('second'), 'utf8')).not.toContain('job');
    writeFileSync(recordOf('second'), JSON.stringify({ at: Date.now() - 6 * 60_000 }));
    const last = await submit(on);
    expect(last).toMatchObject({ status: 'standing', attempt });
    expect([last.jobs[0]?.job, last.jobs.length]).toEqual([jobs[0]?.job, 2]);
    expect(there('second')).toBe(1);
    on.write({ go: '' });
    expect((await waited(on)).status).toBe('complete');
  });

  test('its controller, just when a job asks to be put back: it asks until somebody answers', async () => {
    const on = rig(lasting);
    const { jobs } = await submit(on, 'first');
    const [job = ''] = jobs.map(({ job: id }) => id);
    await until('the stage to begin', () => existsSync(on.path('begun')), 60_000);
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    await killController();
    let answered = false;
    const asking = requeueAtLimit(slurm({ timeoutMs: 1_000 }), job).then((answer) => {
      answered = true;
      return answer;
    });
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(answered).toBe(false);
    startController();
    expect(await asking).toMatchObject({ ok: true });
    await until('it to wait again', () => stateOfJob(job) === 'PENDING', 60_000);
    on.write({ go: '' });
    expect((await waited(on, 'first')).status).toBe('complete');
  });
});
