/** What is on record of arrays of workers, with a real Slurm to ask about them. */
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { slurm } from '../../src/slurm/client.ts';
import {
  noteWhatIsOver,
  readSubmissions,
  type SubmittedArray,
  submittedWorkers,
  submitWorkers,
} from '../../src/slurm/submitted-workers.ts';
import { type Rig, rig, until } from '../helpers/rig.ts';
import { onSlurm, run } from './cluster/nodes.ts';
import { stateOfJob } from './submitting.ts';

const client = slurm();

const asked = (on: Rig, mark: string) => () => ({
  ...{ mark, workers: 1, args: [`--output=${on.path('log')}`, `--comment=${mark}`, on.path('job.sh')] },
});
const job = { 'job.sh': '#!/bin/sh\nexec sleep 60\n' };

async function looked(folder: string) {
  const answer = await submittedWorkers(folder, client);
  if (!answer.ok) throw new Error(answer.failure.message);
  await noteWhatIsOver(folder, answer.value);
  return answer.value;
}

onSlurm('submitted workers', () => {
  test('who finds a number taken draws the next', async () => {
    const on = rig(job);
    const marks = ['one', 'two', 'three'];
    const folder = on.path('slurm');
    const answers = await Promise.all(marks.map((mark) => submitWorkers(folder, client, asked(on, mark))));
    const jobs = answers.map((answer) => (answer.ok ? answer.value : answer.failure.message));
    const all = await readSubmissions(folder);
    expect(all.map(({ number }) => number)).toEqual([1, 2, 3]);
    expect(new Set(all.map(({ job: submitted }) => submitted))).toEqual(new Set(jobs));
    await client.cancel(jobs);
  });

  test('what sbatch had no answer for is not over before Slurm can have it no more', async () => {
    const on = rig({});
    const one = { number: 1, mark: 'retrial:none', workers: 3, args: [] };
    const record = (more: Partial<SubmittedArray>) =>
      on.write({ 'slurm/submission-1.json': JSON.stringify({ ...one, at: Date.now(), ...more }) });
    record({});
    expect((await looked(on.path('slurm'))).unanswered).toMatchObject([one]);
    expect(await readSubmissions(on.path('slurm'))).not.toMatchObject([{ over: true }]);
    record({ at: Date.now() - 600_000 });
    expect((await looked(on.path('slurm'))).unanswered).toEqual([]);
    expect(await readSubmissions(on.path('slurm'))).toMatchObject([{ over: true }]);
  });

  test('a job of another cluster is neither asked about here nor over', async () => {
    const on = rig({});
    const there = { number: 1, mark: 'm', workers: 1, args: [], at: 1, job: '999999', cluster: 'other' };
    on.write({ 'slurm/submission-1.json': JSON.stringify(there) });
    expect(await looked(on.path('slurm'))).toMatchObject({ submissions: [], jobs: [], elsewhere: ['other'] });
    expect(await readSubmissions(on.path('slurm'))).toEqual([there]);
    expect(readdirSync(on.path('slurm'))).toHaveLength(1);
  });

  test('a job that was put back and is held is found by its mark', async () => {
    const on = rig(job);
    const submitted = await submitWorkers(on.path('slurm'), client, asked(on, 'retrial:held'));
    const id = submitted.ok ? submitted.value : '';
    await until('it to run', () => stateOfJob(id) === 'RUNNING', 60_000);
    run(['scontrol', 'requeuehold', `State=SpecialExit`, id]);
    await until('it to be held', () => stateOfJob(id) === 'SPECIAL_EXIT', 60_000);
    const mine = await client.mine();
    expect(mine.ok && mine.value.filter(({ submitted: one }) => one === id)).toMatchObject([
      { comment: 'retrial:held' },
    ]);
    await client.cancel([id]);
    await until('it to have ended', () => stateOfJob(id) === 'CANCELLED', 60_000);
    const then = await client.mine();
    expect(then.ok && then.value.filter(({ submitted: one }) => one === id)).toEqual([]);
  });
});
