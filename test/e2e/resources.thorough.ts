/** What stages ask for, honoured across trials, studies and runs that go on at once. */
import { expect, test } from 'vitest';
import { childrenOf } from '../helpers/processes.ts';
import { type Rig, rig, until } from '../helpers/rig.ts';

process.env.RETRIAL_GPUS = '2'; // of every command of this file

const sweep = (name: string, values: string) => `version: 1
name: ${name}
metric: { name: score.value, goal: maximize }
parameters: { x: { values: ${values} } }
`;

/** `score` notes outside of the store when it begins and ends; with x = 9 it waits until there is a file named go. */
function project(resources: string): Rig {
  return rig({
    'pipeline.yaml': `version: 1
params: params.yaml
stages:
  score:
    cmd: sh score.sh \${params.x} > \${outs.scores}
    code: [score.sh]
    resources: ${resources}
    metrics: { scores: { path: scores.json, goal: maximize } }
`,
    'params.yaml': 'x: 1\n',
    'score.sh': `echo "begin $1 \${CUDA_VISIBLE_DEVICES:-none}" >> ran.txt
if [ "$1" = 9 ]; then while [ ! -e go ]; do sleep 0.05; done; fi
sleep 0.05
echo "{\\"value\\": $1}"
echo "end $1 \${CUDA_VISIBLE_DEVICES:-none}" >> ran.txt
`,
    'one.yaml': sweep('one', '[1, 2, 3, 4, 5, 6]'),
    'other.yaml': sweep('other', '[11, 12, 13, 14]'),
    'held.yaml': sweep('held', '[9, 10]'),
  });
}

const noted = (on: Rig) => on.read('ran.txt').trim().split('\n');
/** One at a time: whoever begins has ended before another begins. */
const inTurn = (lines: readonly string[]) =>
  lines.every((line, at) =>
    at % 2 === 0 ? line.startsWith('begin') : line === lines[at - 1]?.replace('begin', 'end'),
  );

test('of stages with a mutex one runs at a time, in two studies and a run beside each other', async () => {
  const on = project('{ mutex: db }');
  const ended = await Promise.all([
    on.retrial('sweep', 'one.yaml', '--workers', '3', '-j', '8'),
    on.retrial('sweep', 'other.yaml', '--workers', '2', '-j', '8'),
    on.retrial('run', '--set', 'x=20', '-j', '8'),
  ]);
  expect(ended.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
  const lines = noted(on);
  expect(lines).toHaveLength(2 * 11);
  expect(inTurn(lines)).toBe(true);
});

test('processors are counted over all trials of both studies', async () => {
  const on = project('{ cpus: 2 }');
  const both = ['one.yaml', 'other.yaml'].map((file) => on.retrial('sweep', file, '--workers', '2', '-j', '3'));
  expect((await Promise.all(both)).map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  expect(noted(on)).toHaveLength(2 * 10);
  expect(inTurn(noted(on))).toBe(true);
});

test('each stage has GPUs of its own', async () => {
  const on = project('{ gpus: 1 }');
  expect((await on.retrial('sweep', 'one.yaml', '--workers', '3', '-j', '4')).exitCode).toBe(0);
  const using = new Set<string>();
  for (const line of noted(on)) {
    const [what, , gpu = ''] = line.split(' ');
    expect(gpu).toMatch(/^[01]$/);
    expect(using.has(gpu)).toBe(what === 'end');
    if (what === 'begin') using.add(gpu);
    else using.delete(gpu);
  }
});

test('what a worker had that was killed, others have', async () => {
  const on = project('{ mutex: db, gpus: 2, memory: 1MiB }');
  const command = on.start('sweep', 'held.yaml', '--workers', '2', '-j', '2');
  const begun = () => noted(on).filter((line) => line === 'begin 9 0,1').length;
  await until('a stage holds everything', () => filed(on) && begun() === 1);
  const [holder] = childrenOf(command.pid ?? 0).filter((pid) => childrenOf(pid).length > 0);
  process.kill(holder ?? 0, 'SIGKILL');
  await until('another has begun it again', () => begun() === 2);
  on.write({ go: '' });
  expect((await command).exitCode).toBe(0);
  expect(noted(on).filter((line) => line.startsWith('end'))).toHaveLength(2);
});

function filed(on: Rig): boolean {
  try {
    return on.read('ran.txt') !== '';
  } catch {
    return false;
  }
}

test.each([
  [
    '{ memory: 1000TiB }',
    /score failed: asks for 1000 TiB of memory, and there is .* here; lower its resources.memory/,
  ],
  ['{ gpus: 3 }', /score failed: asks for 3 GPUs, and there are 2 here; RETRIAL_GPUS says which there are/],
])('more than there is fails before it runs: %s', async (resources, said) => {
  const on = project(resources);
  const { exitCode, stderr } = await on.retrial('run');
  expect({ exitCode, ran: filed(on) }).toEqual({ exitCode: 1, ran: false });
  expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(said);
  const swept = await on.retrial('sweep', 'held.yaml', '--json');
  expect(swept.exitCode).toBe(1);
  expect(JSON.parse(swept.stdout).trials[0].reason).toMatch(/^score: asks for/);
});
