/** What squeue says, in the words of several versions: of 22.05 as recorded, of 23.02 and 24.05 after their schemas. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fromWaitStatus, phaseOf, type SlurmJob, tasksIn } from '../../src/slurm/job-state.ts';
import { endingOf, stuckBecause } from '../../src/slurm/job-words.ts';
import { jobsInJson } from '../../src/slurm/squeue-json.ts';
import { jobsInText } from '../../src/slurm/squeue-text.ts';

const sample = (name: string) => readFileSync(join(import.meta.dirname, 'samples', name), 'utf8');
const byId = (jobs: readonly SlurmJob[] | undefined) => new Map(jobs?.map((job) => [job.id, job]));

test('ranges of tasks, with steps and a cap', () => {
  expect(tasksIn('0-3%2')).toEqual([0, 1, 2, 3]);
  expect(tasksIn('1,5-7,20%1')).toEqual([1, 5, 6, 7, 20]);
  expect(tasksIn('0-10:4')).toEqual([0, 4, 8]);
  expect(tasksIn('')).toEqual([]);
});

test('a raw wait status is an exit code or a signal', () => {
  expect(fromWaitStatus(768)).toEqual({ exitCode: 3 });
  expect(fromWaitStatus(9)).toEqual({ signal: 9 });
  expect(fromWaitStatus(137)).toEqual({ signal: 9 }); // with a core
});

test('JSON of 22.05', () => {
  const jobs = byId(jobsInJson(sample('squeue-22.05.json')));
  expect([...jobs.keys()].filter((id) => id.startsWith('7_'))).toHaveLength(11);
  expect(jobs.get('7_20')).toMatchObject({ submitted: '7', task: 20, state: 'PENDING', reason: 'JobArrayTaskLimit' });
  expect(jobs.get('7_4')).toMatchObject({ state: 'RUNNING', node: 'n2', reason: '', comment: 'retrial a b' });
  expect(jobs.get('2')).toMatchObject({ submitted: '2', state: 'FAILED', exitCode: 3 });
  expect(jobs.get('5')).toMatchObject({ state: 'PENDING', restarts: 1 });
  expect(jobs.get('6')).toMatchObject({ state: 'TIMEOUT', signal: 15, timeLimitMinutes: 1 });
  expect(jobs.get('13')).toMatchObject({ restarts: 1, timeLimitMinutes: 525_600 });
});

test('columns of 22.05 say the same', () => {
  const jobs = byId(jobsInText(sample('squeue-22.05.txt')));
  expect(jobs.get('7_20')).toMatchObject({ submitted: '7', task: 20, state: 'PENDING', reason: 'JobArrayTaskLimit' });
  expect(jobs.get('2')).toMatchObject({ state: 'FAILED', exitCode: 3, reason: 'NonZeroExitCode', comment: '' });
  expect(jobs.get('6')).toMatchObject({ state: 'TIMEOUT', signal: 15, timeLimitMinutes: 1 });
  expect(jobs.get('7_9')).toMatchObject({ state: 'RUNNING', name: 'retrial s', comment: 'retrial a b' });
  expect(jobsInText('12_[3-5%1]|PENDING|Priority||0|0|1-02:03:04||a|b|c|\n')).toMatchObject([
    { id: '12_3', timeLimitMinutes: 1563, name: 'a', comment: 'b|c' },
    { id: '12_4' },
    { id: '12_5' },
  ]);
  expect(jobsInText('12|FAILED|NonZeroExitCode|n1|3:0|0|UNLIMITED|cpu=1,mem=2G,node=1|a||')).toMatchObject([
    { exitCode: 3, memory: '2 GiB' },
  ]);
});

test.each(['23.02', '24.05'])('JSON of %s', (version) => {
  const jobs = byId(jobsInJson(sample(`squeue-${version}.json`)));
  expect([...jobs.keys()].slice(0, 4)).toEqual(['7_4', '7_5', '7_6', '7_20']);
  expect(jobs.get('7_4')).toEqual({
    ...{ id: '7_4', submitted: '7', task: 4, state: 'PENDING', reason: 'JobArrayTaskLimit', node: '' },
    ...{ restarts: 0, name: 'retrial s', comment: '' },
  });
  expect(jobs.get('7_0')).toMatchObject({ state: 'RUNNING', restarts: 1, timeLimitMinutes: 60, comment: 'retrial' });
  expect(jobs.get('7_1')).toMatchObject({ state: 'FAILED', exitCode: 3 });
  expect(jobs.get('12')).toMatchObject({ submitted: '12', state: 'OUT_OF_MEMORY', signal: 9 });
});

test('several states at once', () => {
  const jobs = byId(jobsInJson(sample('squeue-24.05.json')));
  expect(jobs.get('13')).toMatchObject({ state: 'COMPLETING' });
  expect(jobs.get('14')).toMatchObject({ state: 'PENDING', restarts: 2 });
});

test('what is no such JSON, or lacks what is looked for', () => {
  expect(jobsInJson('')).toBeUndefined();
  expect(jobsInJson('{"jobs": {}}')).toBeUndefined();
  expect(jobsInJson('{"jobs": [null, {}, {"job_id": 1}]}')).toMatchObject([{ id: '1', state: '', restarts: 0 }]);
});

test('endings and reasons in words', () => {
  const job = { id: '1', submitted: '1', reason: '', node: '', restarts: 0, name: '', comment: '' };
  expect(endingOf({ ...job, state: 'OUT_OF_MEMORY' })).toBe('ran out of memory');
  expect(endingOf({ ...job, state: 'FAILED', signal: 9 })).toBe('failed by signal 9');
  expect(stuckBecause({ ...job, state: 'PENDING', reason: 'Priority' })).toBeUndefined();
  expect(stuckBecause({ ...job, state: 'PENDING', reason: 'QOSMaxCpuPerJobLimit' })).toMatch(/more than one job/);
  expect(stuckBecause({ ...job, state: 'RUNNING', reason: 'BadConstraints' })).toBeUndefined();
  expect(phaseOf({ state: 'SOMETHING_NEW' })).toBe('running');
});
