/** What is said to Slurm, and the script that it is given. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';

import type { UserError } from '../../src/errors.ts';
import { checkTimes } from '../../src/execute/jobs/check-times.ts';
import { loadPipeline } from '../../src/pipeline/load.ts';
import { layered, type SlurmSettings, sbatchArguments, siteSettings } from '../../src/slurm/options.ts';

import { batchScript, logPattern } from '../../src/slurm/script.ts';

import { closing } from '../../src/slurm/submissions.ts';
import { limitSeconds, signalSecondsOf, timeArgument } from '../../src/slurm/time-limit.ts';
import { askedOf } from '../../src/slurm/unit-arguments.ts';
import { rig, until } from '../helpers/rig.ts';

test('settings of the site, and nothing where there is no file', async () => {
  const on = rig({});
  expect(await siteSettings(on.folder)).toEqual({});
  on.write({ 'configs/slurm.yaml': '# none yet\n' });
  expect(await siteSettings(on.folder)).toEqual({});
  on.write({ 'configs/slurm.yaml': 'partition: gpu\nsetup: [module load gcc]\noptions: { exclude: n7 }\n' });
  expect(await siteSettings(on.folder)).toEqual({
    ...{ partition: 'gpu', setup: ['module load gcc'], options: { exclude: 'n7' } },
  });
});

test('mistakes at their places', async () => {
  const on = rig({ 'configs/slurm.yaml': 'partiton: gpu\ntime: soon\ncpus: 0\n' });
  const mistakes = await siteSettings(on.folder).catch((error: { diagnostics: unknown }) => error.diagnostics);
  expect(mistakes).toMatchObject([
    { message: expect.stringContaining('partiton'), place: { line: 1, column: 1 } },
    { place: { line: 2, column: 7 } },
    { place: { line: 3, column: 7 } },
  ]);
});

test('options of sbatch that leave no job, or none that is found again, are refused at their places', async () => {
  const on = rig({ 'configs/slurm.yaml': 'options:\n  exclude: n1\n  quiet: true\n  array: 0-3\n  wait: false\n' });
  const mistakes = await siteSettings(on.folder).catch((error: { diagnostics: unknown }) => error.diagnostics);
  expect(mistakes).toMatchObject([
    { message: expect.stringContaining('quiet'), place: { line: 3, column: 3 } },
    { message: expect.stringContaining('array'), place: { line: 4, column: 3 } },
  ]);
});

test('what puts off the jobs does not put off the one that ends the attempt', () => {
  const wishes = { site: { options: { hold: true, begin: 'now+1hour', exclude: 'n1' } }, flags: {} };
  const closingJob = { name: closing, stages: [closing], resources: { cpus: 1 }, after: [] };
  const asked = askedOf(closingJob, wishes);
  expect(asked).toContain('--exclude=n1');
  expect(asked.join()).not.toMatch(/hold|begin/);
  expect(askedOf({ ...closingJob, name: 'train' }, wishes)).toContain('--hold');
});

test('later settings lie over earlier ones', () => {
  const site = { partition: 'cpu', time: '1h', setup: ['module load a'], options: { exclude: 'n1', nice: 5 } };
  const sweep = { partition: 'gpu', setup: ['module load b'], options: { nice: 7 } };
  expect(layered(site, undefined, sweep)).toEqual({
    ...{ partition: 'gpu', time: '1h', setup: ['module load a', 'module load b'] },
    options: { exclude: 'n1', nice: 7 },
  });
  expect(layered({}, undefined)).toEqual({});
});

test('whole minutes, and Slurm’s own words as they are', () => {
  expect(['90s', '2h', '1.5h', '1d'].map(timeArgument)).toEqual(['2', '120', '90', '1440']);
  expect(['90', '1-12', '1-12:00:00', '10:30'].map(timeArgument)).toEqual(['90', '1-12', '1-12:00:00', '10:30']);
});

test('a job is told a tenth of its time before the limit, and not before it begins', async () => {
  const times = ['90s', '2h', '90', '10:30', '1:00:00', '1-12', '1-12:30', '1-12:30:05', '0', undefined];
  const none = [undefined, undefined];
  expect(times.map(limitSeconds)).toEqual([120, 7200, 5400, 630, 3600, 129_600, 131_400, 131_405, ...none]);
  expect(['1', '2m', '5m', '2h', '0'].map((time) => signalSecondsOf({ time }))).toEqual([10, 12, 30, 60, 60]);
  expect([signalSecondsOf({}), signalSecondsOf({ time: '1', signal_seconds: 50 })]).toEqual([60, 50]);
  const on = rig({ 'configs/slurm.yaml': 'time: 1m\nsignal_seconds: 60\n' });
  const mistakes = await siteSettings(on.folder).catch((error: { diagnostics: unknown }) => error.diagnostics);
  expect(mistakes).toMatchObject([
    { message: expect.stringContaining('signal_seconds: 60 is all of'), place: { line: 2, column: 17 } },
  ]);
});

test('a stage with less time than its site tells its jobs ahead is refused at its place', async () => {
  const stage = (name: string, time: string) => `  ${name}:\n    cmd: 'true'\n    resources: { time: ${time} }\n`;
  const on = rig({ 'pipeline.yaml': `version: 1\nstages:\n${stage('long', '1h')}${stage('short', '2m')}` });
  const { stages } = await loadPipeline({ file: on.path('pipeline.yaml') });
  const mistakesWith = (flags: SlurmSettings) => {
    try {
      return checkTimes([...stages.values()], { site: { signal_seconds: 120 }, flags });
    } catch (error) {
      return (error as UserError).diagnostics;
    }
  };
  const message = 'stage "short": signal_seconds: 120 is all of the time of a job, which is 120s';
  expect(mistakesWith({})).toMatchObject([{ message, place: { line: 6 } }]);
  expect(mistakesWith({ time: '3m' })).toBe(undefined);
});

test('options of sbatch', () => {
  const options = { exclude: 'n1', exclusive: true, 'no-requeue': false, nice: 5 };
  expect(sbatchArguments({ partition: 'a,b', gres: 'gpu:1', time: '90s', memory: '1GiB', cpus: 2, options })).toEqual(
    '--partition=a,b --gres=gpu:1 --time=2 --mem=1024M --cpus-per-task=2 --exclude=n1 --exclusive --nice=5'.split(' '),
  );
});

test('a script quotes what it is given, and says how its command ended', () => {
  const on = rig({ "it's $HOME/a": '' });
  const workdir = on.path("it's $HOME");
  const command = ['sh', '-c', 'pwd; echo "$1"; exit 4', '-', 'a  "b" $c'];
  const text = batchScript({ workdir, command, ended: on.folder, submitted: ['--comment', 'a\nb'] });
  const env = { ...process.env, SLURM_ARRAY_JOB_ID: '7', SLURM_ARRAY_TASK_ID: '3', SLURM_JOB_ID: '9' };
  const { status, stdout } = spawnSync('bash', ['-c', text], { encoding: 'utf8', env });
  expect({ status, stdout }).toEqual({ status: 4, stdout: `${workdir}\na  "b" $c\n` });
  expect(on.read('7_3.0')).toBe('4\n');
  const alone = { ...process.env, SLURM_JOB_ID: '9', SLURM_RESTART_COUNT: '2' };
  spawnSync('bash', ['-c', text], { env: alone });
  expect(on.read('9.2')).toBe('4\n');
});

test.each([
  ['while its command starts', [], 'touch begun; sleep 1; '],
  ['while it is set up', ['touch begun; sleep 1'], ''],
])('the signal ahead of the limit that comes %s is heard all the same', async (_, setup, starting) => {
  const on = rig({});
  const listening = "trap 'exit 9' URG; while :; do sleep 0.1; done";
  const text = batchScript({ workdir: on.folder, setup, command: ['sh', '-c', starting + listening] });
  const shell = spawn('bash', ['-c', text]);
  const ended = once(shell, 'exit');
  await until('it to begin', () => existsSync(on.path('begun')));
  shell.kill('SIGUSR1');
  expect(await ended).toEqual([9, null]);
});

test('the end that comes before the script knows its command is passed on all the same', () => {
  const on = rig({});
  // Said between the two lines that start the command and note its number.
  const setup = [`trap 'case $BASH_COMMAND in "retrial_work=$"*) trap - DEBUG; kill -s TERM $$ ;; esac' DEBUG`];
  const text = batchScript({ workdir: on.folder, setup, command: ['sleep', '600'] });
  expect(spawnSync('bash', ['-c', text], { encoding: 'utf8', timeout: 60_000 })).toMatchObject({
    ...{ status: 143, stderr: '' },
  });
});

test('a set-up that is strict with itself is not so with what follows, and its own failure still ends the job', async () => {
  const on = rig({});
  const command = [
    'sh',
    '-c',
    "trap 'sleep 0.3; echo kept > kept; exit 143' TERM; touch begun; while :; do sleep 0.05; done",
  ];
  const strict = spawn('bash', ['-c', batchScript({ workdir: on.folder, setup: ['set -eu'], command })]);
  await until('the command to begin', () => existsSync(on.path('begun')));
  strict.kill('SIGTERM');
  const [code] = await once(strict, 'exit');
  expect({ code, kept: existsSync(on.path('kept')) }).toEqual({ code: 143, kept: true });
  const failing = batchScript({ workdir: on.folder, setup: ['set -e', 'false'], command: ['touch', 'ran'] });
  expect(spawnSync('bash', ['-c', failing], { encoding: 'utf8' })).toMatchObject({
    ...{ status: 78, stderr: expect.stringMatching(/^the set-up failed: false \(/) },
  });
  expect(existsSync(on.path('ran'))).toBe(false);
});

test('what stands for something in a log path of sbatch is doubled', () => {
  expect(logPattern('/a/100%j', '%A.txt')).toBe('/a/100%%j/%A.txt');
});
