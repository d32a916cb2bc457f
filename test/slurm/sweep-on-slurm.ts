/** A study whose workers are jobs of Slurm. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { layoutOf } from '../../src/store/layout.ts';
import { type Rig, until } from '../helpers/rig.ts';
import { type Changes, type SweepRig, type Swept, sweepRig } from '../helpers/sweep-project.ts';
import { run } from './cluster/nodes.ts';

export interface SlurmRig extends SweepRig {
  /** Submits workers. @returns the job's number */
  submit(...args: string[]): Promise<string>;
  /** Follows it until it is over. */
  watch(...args: string[]): Promise<Swept>;
  /** What the workers printed. */
  logs(): string;
}

export function slurmRig(changes: Changes = {}, files: Readonly<Record<string, string>> = {}): SlurmRig {
  const on = sweepRig(changes, files);
  onTestFinished(() => leaveQueue(on)); // before its folder is removed: the last is called first
  return {
    ...on,
    submit: async (...args) => {
      const outcome = await on.retrial('sweep', 'sweep.yaml', '--executor', 'slurm', '--json', ...args);
      if (outcome.stdout === '') throw new Error(outcome.stderr);
      return String((JSON.parse(outcome.stdout) as { job: string | null }).job);
    },
    watch: async (...args) => {
      const outcome = await on.retrial('sweep', 'sweep.yaml', '--watch', '--json', ...args);
      return { ...outcome, json: outcome.stdout === '' ? undefined : JSON.parse(outcome.stdout) } as Swept;
    },
    logs: () => logsOf(on),
  };
}

/** Workers write into the folder until they have ended, which is later than the study is over. */
async function leaveQueue(on: Rig): Promise<void> {
  const own = () =>
    run(['squeue', '-h', '-o', '%A %Z'])
      .split('\n')
      .flatMap((line) => (line.endsWith(` ${on.folder}`) ? (line.split(' ')[0] ?? []) : []));
  spawnSync('scancel', own()); // refused where they ended meanwhile: what counts is that none is left
  await until('no job of the test is left', () => own().length === 0, 60_000);
}

function logsOf(on: Rig): string {
  const folder = layoutOf(on.path('runs')).study('s').slurm.logs;
  return readdirSync(folder)
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('');
}

/** Words of squeue for each task of a job that is still there, by its id. */
export function states(job: string): Record<string, string> {
  const lines = run(['squeue', '-h', '-r', '-t', 'all', '-j', job, '-o', '%i %T']).trim().split('\n');
  return Object.fromEntries(lines.map((line) => line.split(' ') as [string, string]));
}

/** On which node each running task is. */
export function nodesOf(job: string): Record<string, string> {
  const lines = run(['squeue', '-h', '-r', '-t', 'R', '-j', job, '-o', '%i %N']).trim().split('\n');
  return Object.fromEntries(lines.filter((line) => line !== '').map((line) => line.split(' ') as [string, string]));
}

export const untilStands = (on: SlurmRig, word: string, count: number) =>
  until(`${count} lines of ${word}`, () => on.ran(word).length >= count, 60_000);
