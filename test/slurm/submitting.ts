/** `retrial run --executor slurm` as a user types it. */
import { type Rig, type RunJson, until } from '../helpers/rig.ts';
import { run } from './cluster/nodes.ts';

export interface Submitted {
  readonly configHash: string;
  readonly attempt: number;
  readonly status: string;
  readonly jobs: readonly { readonly job: string; readonly stages: readonly string[]; readonly states?: object }[];
}

export async function submit(on: Rig, ...args: string[]): Promise<Submitted> {
  const { stdout, stderr } = await on.retrial('run', '--executor', 'slurm', '--json', ...args);
  if (stdout === '') throw new Error(`no JSON on stdout:\n${stderr}`);
  return JSON.parse(stdout) as Submitted;
}

export const waited = (on: Rig, ...args: string[]): Promise<RunJson> =>
  on.run('--executor', 'slurm', '--wait', ...args);

/** In Slurm's word: `PENDING`, `RUNNING`, …; empty where it knows nothing of it. */
export const stateOfJob = (job: string) => run(['squeue', '-h', '-t', 'all', '-j', job, '-o', '%T']).trim();

export const whenRunning = (job: string) => until(`job ${job} to run`, () => stateOfJob(job) === 'RUNNING', 60_000);

/** Of `HASH@2` as `show` tells it. */
export async function stagesOf(on: Rig, which = 'latest') {
  const { stdout } = await on.retrial('show', which, '--json');
  const told = JSON.parse(stdout) as {
    status: string;
    stages: { name: string; outcome: string; reason?: { kind: string; how?: string } | null }[];
  };
  const stages = told.stages.map(({ name, outcome, reason }) => [name, reason?.how ?? reason?.kind ?? outcome]);
  return { status: told.status, ...(Object.fromEntries(stages) as Record<string, string>) };
}
