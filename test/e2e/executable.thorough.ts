/** Whether a file may be executed is part of what it is: in keys, in outputs, and where it is put back. */
import { chmodSync, rmSync, statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { outcomes, type Rig, rig } from '../helpers/rig.ts';

const isExecutable = (made: Rig, name: string) => (statSync(made.path(name)).mode & 0o100) !== 0;

test('declared code that may no longer be executed is not what it was', async () => {
  const made = rig({
    'pipeline.yaml':
      'version: 1\nstages:\n  make: { cmd: "./t.sh > ${outs.out}", code: [t.sh], outs: { out: out.txt } }\n',
    't.sh': '#!/bin/sh\necho 1\n',
  });
  chmodSync(made.path('t.sh'), 0o755);
  expect(outcomes(await made.run())).toEqual({ make: 'ran' });
  chmodSync(made.path('t.sh'), 0o644);
  expect(outcomes(await made.run())).toEqual({ make: 'failed' });
  chmodSync(made.path('t.sh'), 0o755);
  expect(outcomes(await made.run())).toEqual({ make: 'cached' });
});

test('an output upstream that may be executed is another', async () => {
  const made = rig({
    'pipeline.yaml': `version: 1
params: params.yaml
stages:
  make: { cmd: "echo x > \${outs.tool}; chmod \${params.mode} \${outs.tool}", outs: { tool: tool.sh } }
  use: { cmd: "test -x \${deps.tool} && echo yes > \${outs.out} || echo no > \${outs.out}", deps: { tool: "\${make.tool}" }, outs: { out: out.txt } }
`,
    'params.yaml': 'mode: "644"\n',
  });
  expect(outcomes(await made.run())).toEqual({ make: 'ran', use: 'ran' });
  const { stages } = await made.run('--set', 'mode="755"');
  expect(stages.map(({ outcome }) => outcome)).toEqual(['ran', 'ran']);
  expect(made.read(`runs/stages/${stages[1]?.fingerprint}/outs/out.txt`)).toBe('yes\n');
});

test('a dependency is put back as one that may be executed; archives and verify know it', async () => {
  const made = rig({
    'pipeline.yaml': `version: 1
stages:
  make:
    cmd: \${deps.tool} > \${outs.out}; \${deps.tools}/b.sh >> \${outs.out}; cp \${deps.tool} \${outs.copy}
    deps: { tool: tool.sh, tools: tools }
    outs: { out: out.txt, copy: copy.sh }
`,
    ...{ 'tool.sh': '#!/bin/sh\necho 1\n', 'tools/a.txt': 'a', 'tools/b.sh': '#!/bin/sh\necho 2\n' },
  });
  for (const name of ['tool.sh', 'tools/b.sh']) chmodSync(made.path(name), 0o755);
  const { configHash, stages } = await made.run();
  const { stdout: verified } = await made.retrial('verify', '--json');
  expect(JSON.parse(verified)).toMatchObject({ ok: true });
  for (const name of ['tool.sh', 'tools']) rmSync(made.path(name), { recursive: true });
  const { stdout, stderr } = await made.retrial('reproduce', `${configHash}@1`, '--json');
  expect(JSON.parse(stdout), stderr).toMatchObject({ verdict: 'identical', drift: [] });
  await made.retrial('archive', configHash, '-o', 'kept.tgz');
  rmSync(made.path('runs'), { recursive: true });
  await made.retrial('restore', 'kept.tgz');
  expect(isExecutable(made, `runs/stages/${stages[0]?.fingerprint}/outs/copy.sh`)).toBe(true);
  expect(JSON.parse((await made.retrial('reproduce', `${configHash}@1`, '--json')).stdout).verdict).toBe('identical');
});

test('a stage may make its own files executable', async () => {
  const made = rig({
    'pipeline.yaml': `version: 1
stages:
  make:
    cmd: chmod +x t.sh \${deps.tool} && ./t.sh > \${outs.out} && \${deps.tool} >> \${outs.out}
    deps: { tool: tool.sh }
    code: [t.sh]
    outs: { out: out.txt }
`,
    ...{ 't.sh': '#!/bin/sh\necho 1\n', 'tool.sh': '#!/bin/sh\necho 2\n' },
  });
  expect(outcomes(await made.run())).toEqual({ make: 'ran' });
});
