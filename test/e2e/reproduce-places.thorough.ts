/** Where the inputs of a past attempt may lie, and stages of every kind: all of it is rebuilt where it was. */
import { chmodSync, rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { reproduced } from '../helpers/reproducible.ts';
import { type Rig, rig } from '../helpers/rig.ts';

/** A rig whose project is a folder in it, so that there is something beside the project. */
function inside(on: Rig, folder: string): Rig {
  const start: Rig['start'] = (...args) => on.start('-C', folder, ...args);
  const retrial: Rig['retrial'] = (...args) => on.retrial('-C', folder, ...args);
  const run: Rig['run'] = (...args) => on.run('-C', folder, ...args);
  return { ...on, start, retrial, run, path: (name) => on.path(`${folder}/${name}`) };
}

test('a dependency by an absolute path comes from the record when it has changed or gone', async () => {
  const outside = rig({ 'data.txt': 'then\n', 'set/a.txt': 'a\n' });
  const on = rig({
    'pipeline.yaml': `version: 1
stages:
  copy:
    cmd: cat \${deps.data} \${deps.set}/* > \${outs.all}
    deps: { data: ${outside.path('data.txt')}, set: ${outside.path('set')} }
    outs: { all: all.txt }
`,
  });
  const { configHash } = await on.run();
  outside.write({ 'data.txt': 'now\n' });
  rmSync(outside.path('set'), { recursive: true });
  expect((await reproduced(on, configHash)).json).toMatchObject({ verdict: 'identical', drift: [] });
  expect((await reproduced(on, configHash, '--current-code')).json).toMatchObject({
    verdict: 'drifted',
    stages: [{ name: 'copy', state: 'not-run' }],
  });
});

test('code and data beside the project', async () => {
  const outer = rig({
    'library/shared.js': `export const word = 'shared';\n`,
    'data/numbers.txt': '1\n',
    'project/package.json': '{ "type": "module" }\n',
    'project/pipeline.yaml': `version: 1
stages:
  say: { cmd: node say.js, deps: { numbers: ../data/numbers.txt }, outs: { said: said.txt } }
`,
    'project/say.js': `import { readFileSync, writeFileSync } from 'node:fs';
import { word } from '../library/shared.js';
const { outs } = JSON.parse(readFileSync(process.env.RETRIAL_STAGE, 'utf8'));
writeFileSync(outs.said, word + readFileSync('../data/numbers.txt', 'utf8'));
`,
  });
  const on = inside(outer, 'project');
  const { configHash } = await on.run();
  for (const name of ['library', 'data', 'project/say.js']) rmSync(outer.path(name), { recursive: true });
  expect((await reproduced(on, configHash)).json).toMatchObject({ verdict: 'identical', drift: [] });
});

test('instances, lists, stages in a folder that always run, and a script that is executed', async () => {
  const on = rig({
    'pipeline.yaml': `version: 1
stages:
  part:
    foreach: [one, two]
    do: { cmd: "./bin/say \${item} > \${outs.text}", code: [bin/say], outs: { text: text.txt } }
  all:
    cmd: cat \${deps.parts} ../sub/local.txt > \${outs.all}
    cwd: sub
    always: true
    deps: { parts: "\${part@*.text}", local: sub/local.txt }
    metrics: { count: count.json }
    outs: { all: all.txt }
`.replace('cmd: cat', `cmd: echo '{"n":2}' > \${outs.count}; cat`),
    'bin/say': '#!/bin/sh\necho "$1"\n',
    'sub/local.txt': 'local\n',
  });
  chmodSync(on.path('bin/say'), 0o755);
  const { configHash, status } = await on.run();
  expect(status).toBe('complete');
  for (const name of ['bin', 'sub']) rmSync(on.path(name), { recursive: true });
  const { exitCode, json } = await reproduced(on, configHash);
  expect([exitCode, json.drift, json.stages.map(({ name, sameInputs }) => [name, sameInputs])]).toEqual([
    0,
    [],
    [
      ['part@one', true],
      ['part@two', true],
      ['all', true],
    ],
  ]);
});
