/** Dependencies that no file is, or that lead anywhere: each is a mistake at its place, found before anything runs. */
import { execFileSync } from 'node:child_process';
import { existsSync, symlinkSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { outcomes, type Rig, rig } from '../helpers/rig.ts';

const project = (path: string): Rig =>
  rig({
    'pipeline.yaml': `version: 1\nstages:\n  a:\n    cmd: "true"\n    deps: { d: ${JSON.stringify(path)} }\n    outs: { }\n`,
  });

test.each<[what: string, path: string, make: (project: Rig) => unknown, said: string]>([
  ['an endless device', '/dev/zero', () => undefined, 'is neither a file nor a folder'],
  ['a device of noise', '/dev/urandom', () => undefined, 'is neither a file nor a folder'],
  ['a pipe', 'pipe', ({ path }) => execFileSync('mkfifo', [path('pipe')]), 'is neither a file nor a folder'],
  [
    'a link to a device',
    'zero',
    ({ path }) => symlinkSync('/dev/zero', path('zero')),
    'is neither a file nor a folder',
  ],
  ['a link in circles', 'loop', ({ path }) => symlinkSync('loop', path('loop')), 'does not exist'],
  ['a name beyond all names', 'n'.repeat(300), () => undefined, 'does not exist'],
  ['a path below a file', 'pipeline.yaml/x', () => undefined, 'does not exist'],
  [
    'a folder with a pipe',
    'data',
    ({ write, path }) => [write({ 'data/a': '' }), execFileSync('mkfifo', [path('data/p')])],
    'p is neither a file nor a folder',
  ],
  [
    'a folder with a name that is no text',
    'data',
    ({ write, path }) => [
      write({ 'data/a': '' }),
      writeFileSync(Buffer.concat([Buffer.from(`${path('data')}/`), Buffer.of(0xe9)]), ''),
    ],
    'whose name is not UTF-8',
  ],
  [
    'a folder that links to the world',
    'data',
    ({ write, path }) => [write({ 'data/a': '' }), symlinkSync('/', path('data/world'))],
    'world is a link that leads out of it',
  ],
])('%s', async (_what, path, make, said) => {
  const made = project(path);
  make(made);
  const { exitCode, stderr } = await made.retrial('run');
  expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringContaining(said) });
  expect(stderr).toMatch(/pipeline\.yaml:5:\d+/);
  expect(existsSync(made.path('runs/stages'))).toBe(false);
});

test('a file that is replaced by a pipe while its stage runs: nothing is published', async () => {
  const made = rig({
    'pipeline.yaml':
      'version: 1\nstages:\n  a: { cmd: "rm data && mkfifo data && echo x > ${outs.o}", deps: { d: data }, outs: { o: o } }\n',
    data: 'x',
  });
  const result = await made.run();
  expect(result.stages[0]?.reason).toEqual({ kind: 'inputs-changed', paths: ['data'] });
  execFileSync('rm', [made.path('data')]);
  made.write({ data: 'y', 'pipeline.yaml': made.read('pipeline.yaml').replace('rm data && mkfifo data && ', '') });
  expect(outcomes(await made.run())).toEqual({ a: 'ran' });
});
