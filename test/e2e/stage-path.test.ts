/** Which programs a stage finds, and that the probes in its key find the same. */
import { chmodSync, readdirSync } from 'node:fs';
import { delimiter, dirname } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { type Rig, rig } from '../helpers/rig.ts';

afterEach(() => vi.unstubAllEnvs());

function program(project: Rig, name: string, script: string) {
  project.write({ [name]: `#!/bin/sh\n${script}\n` });
  chmodSync(project.path(name), 0o755);
}

const beside = readdirSync(dirname(process.execPath)).find((name) => /^\w+$/.test(name) && name !== 'node') ?? 'npx';

test('an active environment comes before what lies beside Node, for a stage as for its probes', async () => {
  const project = rig({
    'pipeline.yaml': `version: 1
stages:
  say:
    cmd: ${beside} > \${outs.said}
    outs: { said: said.txt }
    runtime: { version: ${beside} }
`,
  });
  program(project, `venv/bin/${beside}`, 'echo "of the environment"');
  vi.stubEnv('PATH', [project.path('venv/bin'), process.env.PATH].join(delimiter));
  const { stages } = await project.run();
  const { fingerprint } = stages[0] ?? {};
  expect(project.read(`runs/stages/${fingerprint}/outs/said.txt`)).toBe('of the environment\n');
  const lock = JSON.parse(project.read(`runs/stages/${fingerprint}/lock.json`));
  expect(lock.key.runtime).toEqual({ version: 'of the environment' });
});

test('node is the one that runs Retrial, whatever else has that name', async () => {
  const project = rig({
    'pipeline.yaml': `version: 1
stages:
  say:
    cmd: node -p process.execPath > \${outs.said}
    outs: { said: said.txt }
    runtime: { path: node -p process.execPath }
`,
  });
  program(project, 'other/node', 'echo other');
  vi.stubEnv('PATH', [project.path('other'), process.env.PATH].join(delimiter));
  const { stages } = await project.run();
  const { fingerprint } = stages[0] ?? {};
  expect(project.read(`runs/stages/${fingerprint}/outs/said.txt`)).toBe(`${process.execPath}\n`);
  expect(JSON.parse(project.read(`runs/stages/${fingerprint}/lock.json`)).key.runtime.path).toBe(process.execPath);
});

test('a probe has the environment and the folder of its stage', async () => {
  const project = rig({
    'pipeline.yaml': `version: 1
stages:
  say:
    cmd: cp name.txt \${outs.said}
    cwd: sub
    env: [GIVEN]
    outs: { said: said.txt }
    runtime: { probe: 'echo "$(cat name.txt) $GIVEN $NOT_GIVEN."' }
`,
    'sub/name.txt': 'here',
  });
  vi.stubEnv('GIVEN', 'given');
  vi.stubEnv('NOT_GIVEN', 'not given');
  const { stages } = await project.run();
  const lock = JSON.parse(project.read(`runs/stages/${stages[0]?.fingerprint}/lock.json`));
  expect(lock.key.runtime).toEqual({ probe: 'here given .' });
});
