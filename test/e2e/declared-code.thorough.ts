/** Files that `code:` names by patterns: those that come, and those that are none. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { outcomes, rig } from '../helpers/rig.ts';

const project = (code: string, cmd = 'cat pk/a.py > ${outs.out}') =>
  rig({
    'pipeline.yaml': `version: 1
stages:
  make: { cmd: ${JSON.stringify(cmd)}, code: [${code}], outs: { out: out.txt } }
`,
    ...{ 'pk/a.py': 'a = 1\n', 'outside/b.py': 'b = 1\n' },
  });

/** Long enough for the next run's answer to be kept. */
const settled = () => sleep(2_300);

test('a file in a folder that was empty, whichever pattern names the folder', async () => {
  const patterns = ['pk', 'pk/', '"pk/**"', '"p*"', '"pk/*"', '"pk/**/*.py"'];
  const projects = patterns.map((code) => ({ code, made: project(code) }));
  for (const { made } of projects) {
    mkdirSync(made.path('pk/empty/deep.py'), { recursive: true });
    await made.run();
  }
  await settled();
  for (const { code, made } of projects) {
    expect({ code, ...outcomes(await made.run()) }).toEqual({ code, make: 'fresh' });
    made.write({ 'pk/empty/deep.py/c.py': 'c = 1\n' });
    const matchesNone = /(^|[^*])\*"$/.test(code); // files of one folder alone
    const [status, run] = [await made.retrial('status', '-q'), await made.run()];
    const [isFresh, stays] = [status.exitCode === 0, outcomes(run).make === 'fresh'];
    expect({ code, isFresh, stays }).toEqual({ code, isFresh: matchesNone, stays: matchesNone });
  }
});

test('a file behind a link to a folder, and one that a link came to lead to', async () => {
  const [file, folder] = [project('"pk/**"'), project('"pk/**"')];
  for (const made of [file, folder]) {
    symlinkSync('../outside', made.path('pk/linked'));
    symlinkSync('../later.py', made.path('pk/later.py'));
    symlinkSync('.', made.path('pk/circle'));
    await made.run();
  }
  await settled();
  for (const made of [file, folder]) expect(outcomes(await made.run())).toEqual({ make: 'fresh' });
  file.write({ 'later.py': '' });
  folder.write({ 'outside/new.py': '' });
  for (const made of [file, folder]) expect(outcomes(await made.run())).toEqual({ make: 'ran' });
});

test('a link to a pipe is no code, and is not waited for', async () => {
  const made = project('"pk/**"');
  execFileSync('mkfifo', [made.path('pipe')]);
  symlinkSync('../pipe', made.path('pk/pipe.py'));
  expect(outcomes(await made.run())).toEqual({ make: 'ran' });
});

test('what Python compiles beside the code is none', async () => {
  const made = project('"pk/**"', 'mkdir -p pk/__pycache__ && echo > pk/__pycache__/a.pyc; cat pk/a.py > ${outs.out}');
  expect(outcomes(await made.run())).toEqual({ make: 'ran' });
  expect(outcomes(await made.run())).toEqual({ make: 'fresh' });
});
