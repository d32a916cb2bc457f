/** What is said to Slurm, and the script that it is given. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  layered,
  sbatchArguments,
  secondsAheadOf,
  siteSettings,
  timeArgument,
  timeLimitMs,
} from '../../src/slurm/options.ts';
import { batchScript, logPattern } from '../../src/slurm/script.ts';
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

test('jobs go to the cluster of the command', () => {
  expect(() => sbatchArguments({ options: { clusters: 'a,b' } })).toThrow('cluster of this command');
});

test('a time limit in any of its words', () => {
  const minutes = ['90s', '2h', '10', '10:30', '1:00:00', '2-0', '1-12:30', '1-00:00:30'].map(timeLimitMs);
  expect(minutes.map((ms) => (ms ?? 0) / 60_000)).toEqual([2, 120, 10, 10.5, 60, 2880, 2190, 1440.5]);
});

test('a worker of a short time is not told of its end as it begins', () => {
  const ahead = [{}, { time: '4h' }, { time: '2m' }, { time: '1m' }, { time: '1m', signal_seconds: 50 }];
  expect(ahead.map((settings) => secondsAheadOf(settings, 60))).toEqual([60, 60, 12, 10, 50]);
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
    ...{ status: 78, stderr: 'line 2 of the set-up failed\n' },
  });
  expect(existsSync(on.path('ran'))).toBe(false);
});

test('what stands for something in a log path of sbatch is doubled', () => {
  expect(logPattern('/a/100%j', '%A.txt')).toBe('/a/100%%j/%A.txt');
});
