/** What changes while a stage runs: nothing is published under a key that was read before. */
import { readdirSync, symlinkSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Rig, rig } from '../helpers/rig.ts';

const files = {
  'main.ts': "import './lib'; import 'one'; import 'own';\n",
  'lib/index.ts': 'export {};\n',
  'tsconfig.json': '{ "extends": "./base.json" }\n',
  'base.json': '{}\n',
  'package.json': '{ "type": "module" }\n',
  'data/inner.txt': 'inner\n',
  'plugins/a.txt': 'a\n',
  'own/package.json': '{ "name": "own", "version": "1.0.0", "main": "index.js" }\n',
  'own/index.js': '\n',
  'node_modules/one/package.json': '{ "name": "one", "version": "1.0.0", "main": "index.js" }\n',
  'node_modules/one/index.js': '\n',
  'node_modules/.package-lock.json': '{ "packages": { "node_modules/one": { "version": "1.0.0" } } }\n',
};

/** A project whose one stage does this while it runs. Its code is traced, and never started, which would take longer. */
function project(meanwhile: string): Rig {
  const made = rig({
    ...files,
    'pipeline.yaml': `version: 1
stages:
  make:
    cmd: ${JSON.stringify(`true || tsx main.ts; ${meanwhile}; echo 1 > \${outs.out}`)}
    deps: { data: data }
    code: ["plugins/**"]
    outs: { out: out.txt }
`,
  });
  symlinkSync('../own', made.path('node_modules/own'));
  return made;
}

const updated = '{ \\"name\\": \\"one\\", \\"version\\": \\"2.0.0\\" }';

test.each([
  ['a traced file', 'echo // > lib/index.ts', 'lib/index.ts'],
  ['a file that takes an import over', 'echo // > lib.ts', 'lib.ts'],
  ['a tsconfig that another extends', 'echo {} {} > base.json || echo', 'base.json'],
  ['how package.json has code loaded', 'echo {} > package.json', 'package.json#module'],
  ['a workspace package', 'echo // > own/index.js', 'own/index.js'],
  ['declared code', 'echo b > plugins/a.txt', 'plugins/a.txt'],
  ['a new file of declared code', 'echo b > plugins/b.txt', 'plugins/b.txt'],
  ['a file of a folder it depends on', 'echo b > data/inner.txt', 'data'],
  ['a new file in a folder it depends on', 'echo b > data/new.txt', 'data'],
  ['an installed package', `echo "${updated}" > node_modules/one/package.json`, 'one@1.0.0'],
  ['code that is gone', 'rm lib/index.ts', 'main.ts'],
])('%s', async (_what, meanwhile, path) => {
  const made = project(meanwhile);
  const { exitCode, stderr } = await made.retrial('run');
  expect(exitCode).toBe(1);
  expect(stderr.match(/ran while its inputs changed: (.*); run it again/)?.[1]?.split(', ')).toContain(path);
  expect(readdirSync(made.path('runs/stages')).filter((name) => name !== '.tmp')).toEqual([]);
});

test('what is in no key may change', async () => {
  const made = project('echo b > elsewhere.txt; cat lib/index.ts data/inner.txt');
  expect((await made.run()).status).toBe('complete');
});
