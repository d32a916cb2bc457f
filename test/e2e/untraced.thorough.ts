/** What a command runs and no key holds is said; what is ordinary is not. */
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { expect, test } from 'vitest';
import { outcomes, rig } from '../helpers/rig.ts';

const project = (cmd: string, more = '') => {
  const made = rig({
    'pipeline.yaml': `version: 1\nstages:\n  make:\n    cmd: ${JSON.stringify(cmd)}\n    outs: { out: out.txt }\n${more}`,
    ...{ tool: '#!/bin/sh\necho tool\n', script: 'echo script\n', 'venv/pyvenv.cfg': '', LICENSE: 'free\n' },
    ...{ 'starts.d/starts': "#!/usr/bin/env node\nrequire('./lib.js');\n", 'starts.d/lib.js': "console.log('lib');\n" },
    'real/main.cjs': "console.log('main');\n",
  });
  mkdirSync(made.path('venv/bin'));
  symlinkSync('/bin/sh', made.path('venv/bin/python'));
  made.write({ 'venv/bin/pip': '#!/bin/sh\n' });
  for (const name of ['tool', 'venv/bin/pip', 'starts.d/starts']) chmodSync(made.path(name), 0o755);
  symlinkSync('real', made.path('linked'));
  return made;
};

test.each([
  ['./tool > ${outs.out}', 'tool'],
  ["bash -ec './tool' > ${outs.out}", 'tool'],
  ['sh script > ${outs.out}', 'script'],
  ['cd starts.d && sh ../script > ${outs.out}', 'script'],
])('is said: %s', async (cmd, file) => {
  const made = project(cmd);
  const { stderr } = await made.retrial('run');
  expect(stderr).toContain(`stage make runs ${file}, which is not in its key`);
  made.write({ 'pipeline.yaml': `${made.read('pipeline.yaml')}    code: [${file}]\n` });
  expect((await made.retrial('run')).stderr).not.toContain('warning');
});

test.each([
  'cat LICENSE tool script > ${outs.out}',
  'venv/bin/python -c "echo 1" > ${outs.out}; venv/bin/pip; /bin/sh -c true',
  'starts.d/starts > ${outs.out}',
  'node linked/main.cjs > ${outs.out}',
  'cd real && node main.cjs > ${outs.out}',
  'bash -euo pipefail -c "true" && echo > ${outs.out}',
])('is ordinary: %s', async (cmd) => {
  const { exitCode, stderr } = await project(cmd).retrial('run');
  expect(stderr).not.toContain('warning');
  expect(exitCode, stderr).toBe(0);
});

test('a file that is run by its own name is traced where its first line names Node, and has to be executable', async () => {
  const made = project('starts.d/starts > ${outs.out}');
  expect(outcomes(await made.run())).toEqual({ make: 'ran' });
  made.write({ 'starts.d/lib.js': "console.log('another');\n" });
  expect(outcomes(await made.run())).toEqual({ make: 'ran' });
  chmodSync(made.path('starts.d/starts'), 0o644);
  expect(outcomes(await made.run())).toEqual({ make: 'failed' });
});
