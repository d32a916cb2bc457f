/** A clock that was set back between two runs, or under one: nothing runs for it, nothing is lost, nothing is collected. */
import { execFileSync } from 'node:child_process';
import { existsSync, readlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, expect, test } from 'vitest';
import { filesBelow, outcomes, type Rig, type RunJson, rig, until } from '../helpers/rig.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const command = join(import.meta.dirname, '..', '..', 'bin', 'retrial.js');
const shim = join(temporaryFolder(), 'clock.so');
const day = 86_400;

beforeAll(() => {
  execFileSync('cc', ['-shared', '-fPIC', '-o', shim, join(import.meta.dirname, '../helpers/clock-shim.c'), '-ldl']);
});

const files = {
  'pipeline.yaml': `version: 1
params: params.yaml
stages:
  make: { cmd: "cat \${deps.data} > \${outs.made}; echo \${params.n} >> \${outs.made}", deps: { data: data.txt }, outs: { made: made.txt } }
  wait: { cmd: "touch $PWD/waits; until [ -e $PWD/go ]; do sleep 0.05; done; cp \${deps.made} \${outs.copy}", deps: { made: "\${make.made}" }, outs: { copy: copy.txt } }
  score: { cmd: 'printf "{\\"n\\": %s}" $(tail -1 \${deps.copy}) > \${outs.scores}', deps: { copy: "\${wait.copy}" }, metrics: { scores: scores.json } }
`,
  'params.yaml': 'n: 1\n',
  'data.txt': 'data\n',
};
const all = (outcome: string) => ({ make: outcome, wait: outcome, score: outcome });

/** The command on a machine whose clock is so many seconds off. */
function off(project: Rig, seconds: number, ...args: string[]) {
  const env = { LD_PRELOAD: shim, CLOCK_OFFSET: String(seconds), NO_COLOR: '1' };
  return execa(process.execPath, [command, ...args], { cwd: project.folder, env, reject: false });
}

async function run(project: Rig, seconds: number, ...args: string[]): Promise<RunJson> {
  const { exitCode, stdout, stderr } = await off(project, seconds, 'run', '--json', ...args);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  return JSON.parse(stdout) as RunJson;
}

interface Listed {
  readonly configHash: string;
  readonly startedAt: number;
  readonly metrics: Readonly<Record<string, number>>;
}
async function listed(project: Rig): Promise<Listed[]> {
  const { exitCode, stdout, stderr } = await project.retrial('runs', '--json');
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return JSON.parse(stdout) as Listed[];
}

/** The times of files were told by the same clock, so far as they can be set. */
function dateFiles(project: Rig, seconds: number): void {
  const at = Date.now() / 1000 + seconds;
  for (const name of filesBelow(project.folder))
    if (existsSync(project.path(name))) utimesSync(project.path(name), at, at);
}

test.each([
  ['a day ahead, then right', day, 0],
  ['right, then a day behind', 0, -day],
])(
  '%s: fresh stays fresh, what changed runs, both are on record, the one begun last is the latest',
  async (_what, before, after) => {
    const project = rig({ ...files, go: '' });
    const first = await run(project, before);
    dateFiles(project, before);
    expect(outcomes(await run(project, after))).toEqual(all('fresh'));
    expect(outcomes(await run(project, after))).toEqual(all('fresh'));
    const second = await run(project, after, '--set', 'n=2');
    expect(outcomes(second)).toEqual(all('ran'));
    expect(readlinkSync(project.path('runs/latest'))).toBe(second.configHash);
    const runs = await listed(project); // in the order of the times that the clock told
    expect(runs.map(({ configHash }) => configHash)).toEqual([first.configHash, second.configHash]);
    expect(runs.map(({ metrics }) => metrics['score.n'])).toEqual([1, 2]);
    project.write({ 'data.txt': 'DATA\n' });
    dateFiles(project, before);
    expect(outcomes(await run(project, after))).toMatchObject({ make: 'ran', wait: 'ran' });
    const again = await listed(project);
    expect(again.find(({ configHash }) => configHash === first.configHash)).toMatchObject({ attempt: 2 });
    expect((await off(project, after, 'gc', '--now')).exitCode).toBe(0);
    expect((await project.retrial('verify')).exitCode).toBe(0);
    expect(outcomes(await run(project, after, '--set', 'n=2'))).toMatchObject({ make: 'ran' }); // other data
  },
);

test.each([
  ['ahead of', day],
  ['behind', -day],
])('a run whose clock is %s that of the collector: nothing is collected under it', async (_what, seconds) => {
  const project = rig(files);
  const running = run(project, seconds);
  await until('the second stage runs', () => existsSync(project.path('waits')));
  const { exitCode, stdout } = await project.retrial('gc', '--now', '--json');
  expect(exitCode).toBe(0);
  expect(
    (JSON.parse(stdout) as { removed: { kind: string }[] }).removed.filter(({ kind }) => kind === 'result'),
  ).toEqual([]);
  project.write({ go: '' });
  expect(outcomes(await running)).toEqual(all('ran'));
  expect((await project.retrial('verify')).exitCode).toBe(0);
  expect(outcomes(await run(project, 0))).toEqual(all('fresh'));
});
