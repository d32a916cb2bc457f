/** The store on a network file system, whose lies a shim tells: lost replies, stale handles and reads, delayed listings. */
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Rig, rig, until } from '../helpers/rig.ts';
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

interface Lies {
  readonly seed: number;
  /** Of so many calls one is hit. */
  readonly oneIn: number;
  /** For so long what was seen before is seen again. */
  readonly staleMs?: number;
}

function lying(made: Rig, { seed, oneIn, staleMs = 0 }: Lies, ...args: string[]) {
  const env = {
    ...{ LD_PRELOAD: shim, NFS_FOLDER: made.path('runs') },
    ...{ NFS_SEED: String(seed), NFS_ONE_IN: String(oneIn), NFS_STALE_MS: String(staleMs) },
  };
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

const seldom = 1e9;
/** More of them: test/long. */
const rates = (process.env.RETRIAL_NFS_RATES ?? '6').split(',').map(Number);

describe('every run comes to its end with the right results', () => {
  test.each<[what: string, lies: Lies]>([
    ...rates.map((oneIn): [string, Lies] => [
      `replies are lost and handles stale, one call in ${oneIn}`,
      { seed: oneIn, oneIn },
    ]),
    ['what others did is seen half a second late', { seed: 4, oneIn: seldom, staleMs: 500 }],
    ['all of it together', { seed: 5, oneIn: 12, staleMs: 200 }],
  ])('where %s', async (_what, lies) => {
    const made = project();
    for (const n of [2, 3]) {
      const all = await Promise.all(
        [1, 2, 3].map((one) =>
          lying(made, { ...lies, seed: lies.seed * 10 + one }, 'run', '--json', '--set', `n=${n}`),
        ),
      );
      for (const { exitCode, stdout, stderr } of all) {
        expect(exitCode, stderr).toBe(0);
        checkOutput(made, JSON.parse(stdout) as Result, n);
      }
    }
    await sleep(400); // a listing may lack what was made just now, journals too
    const listed = await lying(made, lies, 'runs', '--json');
    expect(listed.exitCode, listed.stderr).toBe(0);
    expect(listed.stderr).toBe('');
    expect((JSON.parse(listed.stdout) as Result[]).map(({ status }) => status)).toEqual(['complete', 'complete']);
    expect((await made.retrial('verify', '--json')).stdout).toContain('"ok": true');
    expect((await made.run('--set', 'n=3')).status).toBe('complete');
  });
});

const journals = (made: Rig) =>
  readdirSync(made.path('runs/journal')).map((name) => made.path(join('runs/journal', name)));
const listed = async (made: Rig) => {
  const { stdout, exitCode } = await made.retrial('runs', '--json');
  expect(exitCode).toBe(0);
  return JSON.parse(stdout) as { status: string; metrics: object }[];
};

describe('a hole of NUL bytes in a journal', () => {
  test('at its end loses nothing that was written', async () => {
    const made = project();
    await made.run();
    for (const file of journals(made)) appendFileSync(file, Buffer.alloc(512));
    await made.run('--set', 'n=4');
    expect(await listed(made)).toHaveLength(2);
  });

  /** The server has a page of the writer's, and not yet the one before it. */
  async function withHole(made: Rig, look: (file: string, fill: () => void) => Promise<void>): Promise<void> {
    const running = made.start('run', '--json');
    await until('the last stage runs', () => existsSync(made.path('waits')));
    const [file = ''] = journals(made);
    const whole = readFileSync(file);
    const from = whole.indexOf('\n') - 40; // within the first event, and over all that is there
    const write = (bytes: Buffer) => {
      const fd = openSync(file, 'r+');
      writeSync(fd, bytes, 0, bytes.length, from);
      closeSync(fd);
    };
    write(Buffer.alloc(whole.length - from));
    await listed(made); // reads what is there of it
    made.write({ go: '' });
    const { stdout } = await running;
    expect((JSON.parse(stdout) as Result).status).toBe('complete');
    await look(file, () => write(whole.subarray(from)));
    expect((await made.run()).status).toBe('complete');
  }
  const waiting = () => {
    const made = project();
    const last = 'touch $PWD/waits; until [ -e $PWD/go ]; do sleep 0.05; done; cat ${deps.left}';
    made.write({
      'pipeline.yaml': made
        .read('pipeline.yaml')
        .replace('join: { cmd: "cat ${deps.left}', `join: { cmd: "${last.replace('\\', '')}`),
    });
    return made;
  };

  test('that is filled in after its writer went on behind it: everything is there, once', async () => {
    const made = waiting();
    await withHole(made, async (_file, fill) => {
      expect(await listed(made)).toEqual([]); // behind it nothing is read yet, as what is in it may come
      fill();
      expect(await listed(made)).toMatchObject([{ status: 'complete' }]);
    });
    expect((await made.retrial('verify')).exitCode).toBe(0);
    const rows = await made.retrial('query', 'SELECT count(*) AS stages FROM attempt_stages', '--json');
    expect(JSON.parse(rows.stdout)).toEqual([{ stages: 4 }]);
  });

  test('that stays is told, and what was written behind it is read', async () => {
    const made = waiting();
    await withHole(made, async (file) => {
      const hourAgo = Date.now() / 1000 - 3600;
      utimesSync(file, hourAgo, hourAgo);
      await listed(made);
    });
    const verified = await made.retrial('verify');
    expect(verified.exitCode).not.toBe(0);
    expect(verified.stdout + verified.stderr).toMatch(/NUL|JSON/);
    await made.run('--set', 'n=4');
    expect(await listed(made)).toContainEqual(expect.objectContaining({ status: 'complete' }));
  });
});
