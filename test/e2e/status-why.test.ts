/** `status --why`: the nearest past run, field by field, old value and new. */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sha256, short } from '../../src/hash.ts';
import { outcomes, type Rig, rig, until } from '../helpers/rig.ts';

const pipeline = `version: 1
params: params.yaml
stages:
  count:
    cmd: wc -w < \${deps.text} > \${outs.count}; sh note.sh \${params.scale}
    deps: { text: text.txt }
    code: [note.sh]
    env: [COUNT_MODE]
    runtime: { tool: cat tool.txt }
    params: [scale, model]
    outs: { count: count.txt }
`;
const files = {
  'pipeline.yaml': pipeline,
  'params.yaml': 'scale: 1\nmodel: { loss: vanilla }\n',
  'text.txt': 'a b c\n',
  'note.sh': 'true\n',
  'tool.txt': 'tool 1\n',
};

/** The reasons given for `count`, without the run they are since. */
async function why(project: Rig, ...args: string[]): Promise<string[]> {
  const { stdout, exitCode } = await project.retrial('status', '--why', ...args);
  expect(exitCode).toBe(0);
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('           '))
    .map((line) => line.trim().replace(/[0-9a-f]{12}@\d+/, 'RUN'));
}

const hashOf = (text: string) => short(sha256(text));

const changes: readonly (readonly [string, Readonly<Record<string, string>>, readonly string[]])[] = [
  ['a param', { 'params.yaml': files['params.yaml'].replace('1', '2') }, ['params.scale changed since RUN: 1 → 2']],
  [
    'a nested param',
    { 'params.yaml': files['params.yaml'].replace('vanilla', 'wgan') },
    ['params.model.loss changed since RUN: "vanilla" → "wgan"'],
  ],
  [
    'the content of a dependency',
    { 'text.txt': 'a b\n' },
    [`deps.text changed since RUN: ${hashOf('a b c\n')} → ${hashOf('a b\n')}`],
  ],
  [
    'code, by its file',
    { 'note.sh': 'true # more\n' },
    [`code.note.sh changed since RUN: ${hashOf('true\n')} → ${hashOf('true # more\n')}`],
  ],
  [
    'a probe',
    { 'tool.txt': 'tool 2\n' },
    [expect.stringMatching(/^runtime\.tool changed since RUN: "tool 1.*"tool 2/)],
  ],
  [
    'the command',
    { 'pipeline.yaml': pipeline.replace('wc -w', 'wc -l') },
    [expect.stringMatching(/^command\.shell changed since RUN: \["wc -w <.* → \["wc -l </)],
  ],
  ['its processors', { 'pipeline.yaml': `${pipeline}    resources: { cpus: 2 }\n` }, ['cpus changed since RUN: 1 → 2']],
  [
    'a new dependency',
    { 'pipeline.yaml': pipeline.replace('{ text: text.txt }', '{ text: text.txt, tool: tool.txt }') },
    [`deps.tool changed since RUN: (none) → ${hashOf('tool 1\n')}`],
  ],
  [
    'a declared variable',
    { 'pipeline.yaml': pipeline.replace('COUNT_MODE', 'OTHER_MODE') },
    ['env.COUNT_MODE changed since RUN: null → (none)', 'env.OTHER_MODE changed since RUN: (none) → null'],
  ],
  [
    'two things at once',
    { 'text.txt': 'a b\n', 'params.yaml': files['params.yaml'].replace('1', '2') },
    ['params.scale changed since RUN: 1 → 2', expect.stringMatching(/^deps\.text changed/)],
  ],
];

test('what changed is named with both values', async () => {
  const project = rig(files);
  expect(await why(project)).toEqual(['it never ran before']);
  await project.run();
  expect(await why(project)).toEqual([]);
  for (const [what, edit, reasons] of changes) {
    project.write(edit);
    expect(await why(project), what).toEqual(reasons);
    project.write(files);
  }
});

test('the value of a variable, set and unset', async () => {
  const project = rig(files);
  await project.run();
  process.env.COUNT_MODE = 'fast';
  try {
    expect(await why(project)).toEqual(['env.COUNT_MODE changed since RUN: null → "fast"']);
  } finally {
    delete process.env.COUNT_MODE;
  }
});

test('a result that was deleted is no change', async () => {
  const project = rig(files);
  const { stages } = await project.run();
  const outputs = join(project.path('runs/stages'), stages[0]?.fingerprint ?? '', 'outs');
  rmSync(join(outputs, 'count.txt'));
  expect(await why(project)).toEqual(['its result of RUN was deleted or damaged']);
});

test('of several past runs the nearest counts, whichever was last', async () => {
  const project = rig(files);
  const first = await project.run();
  await project.run('--set', 'scale=2', '--set', 'model.loss=wgan');
  project.write({ 'text.txt': 'a b\n' });
  await project.run('--set', 'scale=3');
  project.write({ 'text.txt': 'a b c\n' });
  const { stdout } = await project.retrial('status', '--why', '--set', 'scale=4');
  expect(stdout).toContain(`params.scale changed since ${first.configHash.slice(0, 12)}@1: 1 → 4`);
  expect(stdout).not.toContain('deps.text');
  expect(await why(project, '--set', 'scale=5', '--set', 'model.loss=wgan')).toEqual([
    'params.scale changed since RUN: 2 → 5',
  ]);
});

test('an earlier attempt of the same experiment may be the nearest', async () => {
  const project = rig(files);
  await project.run();
  project.write({ 'text.txt': 'a b\n', 'note.sh': 'true # more\n' });
  await project.run();
  project.write({ 'text.txt': 'a b c\n', 'note.sh': 'true # again\n' });
  const { stdout } = await project.retrial('status', '--why');
  expect(stdout).toMatch(/code\.note\.sh changed since [0-9a-f]{12}@1: /);
  expect(stdout).not.toContain('deps.text');
});

test('a result whose outputs were collected is still compared with', async () => {
  const project = rig(files);
  const { stages } = await project.run();
  const result = join(project.path('runs/stages'), stages[0]?.fingerprint ?? '');
  mkdirSync(project.path('runs/collected'), { recursive: true });
  renameSync(join(result, 'lock.json'), project.path(`runs/collected/${stages[0]?.fingerprint}.json`));
  rmSync(result, { recursive: true });
  expect(await why(project)).toEqual(['its result of RUN was deleted or damaged']);
  expect(await why(project, '--set', 'scale=2')).toEqual(['params.scale changed since RUN: 1 → 2']);
});

test('a stage that failed says so, until something changes; so does one that was cancelled', async () => {
  const project = rig({ ...files, 'note.sh': 'exit 3\n' });
  expect((await project.run()).status).toBe('failed');
  expect(await why(project)).toEqual(['it failed in RUN']);
  project.write({ 'note.sh': 'echo > begun; sleep 30\n' });
  expect(await why(project)).toEqual(['it never ran before']);
  const running = project.start('run');
  await until('it runs', () => existsSync(project.path('begun')));
  running.kill('SIGINT');
  await running;
  expect(await why(project)).toEqual(['it was cancelled in RUN']);
});

test('a result that another run made after this one failed on it is cached, as `run` says', async () => {
  const project = rig({
    'pipeline.yaml': `version: 1
params: params.yaml
stages:
  flaky: { cmd: "test -e ready && echo 1 > \${outs.out}", outs: { out: a.txt } }
  other: { cmd: "echo \${params.n} > \${outs.out}", outs: { out: b.txt } }
`,
    'params.yaml': 'n: 1\n',
  });
  await project.run('-k');
  project.write({ ready: '' });
  await project.run('--set', 'n=2');
  expect((await project.retrial('status', 'flaky')).stdout).toContain('cached');
  expect(outcomes(await project.run('flaky'))).toEqual({ flaky: 'cached' });
});

test('--force --dry-run runs all, as --force would', async () => {
  const project = rig(files);
  await project.run();
  const { stdout } = await project.retrial('run', '--force', '--dry-run');
  expect(stdout).toMatch(/count {2}will run\n +it is run again \(--force\)/);
  expect((await project.retrial('run', '--dry-run')).stdout).toContain('count  fresh');
});
