/** `retrial run --executor slurm` as a user types it. */
import { readdirSync } from 'node:fs';
import { expect } from 'vitest';
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

/** A stage that lasts until it is let go on, and one that needs it. */
export const lasting = {
  'pipeline.yaml': `version: 1
stages:
  first: { cmd: 'touch begun; while [ ! -e go ]; do sleep 0.1; done; echo 1 > \${outs.a}', outs: { a: a.txt }, code: [code.sh] }
  second: { cmd: 'cat \${deps.a} > \${outs.b}', deps: { a: '\${first.a}' }, outs: { b: b.txt } }
`,
  'code.sh': 'echo one\n',
};
/** Counts to five and keeps where it is; the fifth number is what it comes to. */
export const counting = {
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

export const openOf = (on: Rig) => readdirSync(on.path('runs/submissions/open'));
export const attemptsOf = async (on: Rig) => {
  const { stdout } = await on.retrial('query', 'SELECT attempt FROM attempts ORDER BY attempt', '--json');
  return (JSON.parse(stdout) as { attempt: number }[]).map(({ attempt }) => attempt);
};

/** Lets a run of {@link counting} go on that had to begin again at its third step: under its attempt, to the bytes of a `local` one. */
export async function expectGoneOn(on: Rig, attempt: number, local: Rig): Promise<void> {
  on.write({ go: '' });
  await until('the end', () => openOf(on).length === 0, 60_000);
  const result = await on.run();
  expect(result).toMatchObject({ status: 'complete', attempt: null });
  expect(await attemptsOf(on)).toEqual([attempt]);
  expect(on.read('begun')).toBe('begin at 0\nbegin at 3\n');
  expect((await local.run()).stages.map(({ outputs }) => outputs)).toEqual(result.stages.map(({ outputs }) => outputs));
}
