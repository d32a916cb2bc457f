/** The store on a network file system, whose lies a shim tells: lost replies, stale handles, delayed listings. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Rig, rig } from '../helpers/rig.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const command = join(import.meta.dirname, '..', '..', 'bin', 'retrial.js');
const shim = join(temporaryFolder(), 'nfs.so');

beforeAll(() => {
  execFileSync('cc', ['-shared', '-fPIC', '-o', shim, join(import.meta.dirname, '../helpers/nfs-shim.c'), '-ldl']);
});

const project = () =>
  rig({
    'pipeline.yaml': `version: 1
params: params.yaml
stages:
  make: { cmd: "seq \${params.n} > \${outs.list}", outs: { list: list.txt } }
  left: { cmd: "cat \${deps.list} > \${outs.out}", deps: { list: "\${make.list}" }, outs: { out: out.txt } }
  right: { cmd: "sort -r \${deps.list} > \${outs.parts}/sorted", deps: { list: "\${make.list}" }, outs: { parts: parts/ } }
  join: { cmd: "cat \${deps.left} \${deps.right}/sorted > \${outs.all}", deps: { left: "\${left.out}", right: "\${right.parts}" }, outs: { all: all.txt } }
`,
    'params.yaml': 'n: 3\n',
  });

/** Of `on` calls one is hit. */
function lying(made: Rig, seed: number, oneIn: number, ...args: string[]) {
  const env = { LD_PRELOAD: shim, NFS_FOLDER: made.path('runs'), NFS_SEED: String(seed), NFS_ONE_IN: String(oneIn) };
  return execa(process.execPath, [command, ...args], { cwd: made.folder, env, reject: false });
}

interface Result {
  readonly status: string;
  readonly stages: readonly { readonly name: string; readonly fingerprint: string }[];
}

function checkOutput(made: Rig, result: Result, n: number): void {
  const joined = result.stages.find(({ name }) => name === 'join')?.fingerprint ?? '';
  const numbers = Array.from({ length: n }, (_, at) => `${at + 1}\n`);
  expect(made.read(join('runs/stages', joined, 'outs/all.txt'))).toBe([...numbers, ...numbers.reverse()].join(''));
}

describe('every run comes to its end with the right results', () => {
  test.each([
    [1, 3],
    [2, 5],
    [3, 9],
  ])('seed %i, one call in %i', { timeout: 60_000 }, async (seed, oneIn) => {
    const made = project();
    for (const n of [2, 3]) {
      const both = await Promise.all(
        [1, 2].map((one) => lying(made, seed * 10 + one, oneIn, 'run', '--json', '--set', `n=${n}`)),
      );
      for (const { exitCode, stdout, stderr } of both) {
        expect(exitCode, stderr).toBe(0);
        checkOutput(made, JSON.parse(stdout) as Result, n);
      }
    }
    const listed = await lying(made, seed, oneIn, 'runs', '--json');
    expect(listed.exitCode, listed.stderr).toBe(0);
    expect((await made.retrial('verify', '--json')).stdout).toContain('"ok": true');
    expect((await made.run('--set', 'n=3')).status).toBe('complete');
  });
});

test('a hole of NUL bytes at the end of a journal loses nothing that was written', async () => {
  const made = project();
  await made.run();
  for (const name of readdirSync(made.path('runs/journal')))
    appendFileSync(made.path(join('runs/journal', name)), Buffer.alloc(512));
  await made.run('--set', 'n=4');
  const { stdout, exitCode } = await made.retrial('runs', '--json');
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toHaveLength(2);
});
