import { mkdirSync, readdirSync, readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { UserError } from '../../src/errors.ts';
import { codeProject, manifest } from '../helpers/code-project.ts';
import { outcomes, rig } from '../helpers/rig.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

test('static, dynamic, re-exported and JSON imports; packages with all they depend on', async () => {
  const { trace } = codeProject({
    'main.ts': `import { a } from './a.ts'; import data from './data.json'; import 'one'; const b = await import('./b.js'); import fs from 'node:fs'; console.log(a, data, b, fs);`,
    'a.ts': `export * from './lib/c';`,
    'lib/c.ts': 'export const a = 1;',
    'b.js': 'export default 1;',
    'data.json': '{"x":1}',
    'unused.ts': '',
    'node_modules/one/package.json': manifest('one', '1.0.0', { dependencies: { two: '*', missing: '*' } }),
    'node_modules/two/package.json': manifest('two', '2.0.0'),
    'node_modules/one/node_modules/two/package.json': manifest('two', '2.5.0'),
    'node_modules/.package-lock.json': JSON.stringify({
      packages: { 'node_modules/one': { version: '1.0.0', integrity: 'sha512-one', dependencies: { two: '*' } } },
    }),
  });
  expect(await trace()).toMatchObject({
    files: ['a.ts', 'b.js', 'data.json', 'lib/c.ts', 'main.ts'],
    packages: { 'one@1.0.0': 'sha512-one', 'two@2.5.0': '' },
  });
});

test('retrial/stage is in the key as a protocol number: a new Retrial reruns no stage', async () => {
  const { trace } = codeProject({
    'main.ts': "import 'retrial/stage'; import 'one';",
    'node_modules/retrial/package.json': manifest('retrial', '9.9.9', { dependencies: { two: '*' } }),
    'node_modules/one/package.json': manifest('one', '1.0.0'),
    'node_modules/two/package.json': manifest('two', '2.0.0'),
  });
  expect((await trace()).packages).toEqual({ 'one@1.0.0': '' });
});

test('a memoised trace notices a new import and a file that takes an import over', async () => {
  const { trace, write } = codeProject({ 'main.ts': "import './lib';", 'lib/index.ts': '' });
  expect((await trace()).files).toEqual(['lib/index.ts', 'main.ts']);
  write({ 'lib/index.ts': "import '../more.ts';", 'more.ts': '' });
  expect((await trace()).files).toEqual(['lib/index.ts', 'main.ts', 'more.ts']);
  write({ 'lib.ts': '' });
  expect((await trace()).files).toEqual(['lib.ts', 'main.ts']);
});

test('what changed within the grain of a coarse clock is traced again, and not remembered', async () => {
  const { trace, root } = codeProject({ 'main.ts': "import './lib.ts';", 'lib.ts': '' });
  const memos = () => readdirSync(join(root, 'memo'));
  const date = (at: Date) => utimesSync(join(root, 'lib.ts'), at, at);
  mkdirSync(join(root, 'memo'));
  date(new Date(Date.now() + 60_000)); // within it, however long this takes
  expect((await trace()).files).toEqual(['lib.ts', 'main.ts']);
  expect(memos()).toEqual([]); // written again now, its times could be the same on FAT and on some NFS servers
  date(new Date());
  await new Promise((resolve) => setTimeout(resolve, 2_100));
  expect((await trace()).files).toEqual(['lib.ts', 'main.ts']);
  expect(memos()).toHaveLength(1);
});

test('what does not resolve is said at its place', async () => {
  const { trace, root } = codeProject({ 'main.ts': "const a = 1;\nimport './nowhere.ts';" });
  const error = (await trace().catch((reason: unknown) => reason)) as UserError;
  expect(error.diagnostics[0]).toMatchObject({
    message: 'Could not resolve "./nowhere.ts"',
    place: { file: join(root, 'main.ts'), line: 2 },
  });
});

test('a comment in an imported file reruns just the stages that import it', async () => {
  const write = (name: string, imports: string) =>
    `import { writeFileSync, readFileSync, utimesSync } from 'node:fs';\n${imports}\nconst { outs } = JSON.parse(readFileSync(process.env.RETRIAL_STAGE, 'utf8'));\nwriteFileSync(outs.out, '${name}');\n`;
  const it = rig({
    'pipeline.yaml': `version: 1
stages:
  a: { cmd: node a.mjs, outs: { out: out.txt } }
  b: { cmd: tsx b.ts, outs: { out: out.txt } }
`,
    'a.mjs': write('a', "import './shared.mjs';"),
    'b.ts': write('b', ''),
    'shared.mjs': 'export const x = 1;\n',
  });
  expect(outcomes(await it.run())).toEqual({ a: 'ran', b: 'ran' });
  it.write({ 'shared.mjs': 'export const x = 1; // why\n' });
  expect(outcomes(await it.run())).toEqual({ a: 'ran', b: 'fresh' });
});

test('a script that is in no key is a warning', async () => {
  const it = rig({
    'pipeline.yaml': 'version: 1\nstages:\n  a: { cmd: "sh x.sh > ${outs.out}", outs: { out: out.txt } }\n',
    'x.sh': 'echo 1\n',
  });
  expect((await it.retrial('run')).stderr).toContain('warning: stage a runs x.sh, which is not in its key');
});

test('a file that is printed into is no script; one that is read from is a dependency', async () => {
  const it = rig({
    'pipeline.yaml': `version: 1
stages:
  a: { cmd: "echo x >> log.txt; sort < data.csv 2>err.txt > \${outs.out}", outs: { out: out.txt } }
`,
    ...{ 'log.txt': '', 'err.txt': '', 'data.csv': '1\n' },
  });
  const { stderr } = await it.retrial('run');
  expect(stderr).toContain('warning: stage a reads data.csv, which is not in its key');
  expect(stderr).toContain('add it to the stage: deps: ["data.csv"]');
  expect(stderr.match(/which is not in its key/g)).toHaveLength(1);
});

test('where a trace is known, neither esbuild nor the parser is loaded', async () => {
  const it = rig({
    'pipeline.yaml': 'version: 1\nstages:\n  a: { cmd: "node a.mjs > ${outs.out}", outs: { out: out.txt } }\n',
    'a.mjs': 'console.log(typeof require);\n',
  });
  const loaded = async () => {
    const coverage = temporaryFolder();
    process.env.NODE_V8_COVERAGE = coverage;
    await it.retrial('status').finally(() => delete process.env.NODE_V8_COVERAGE);
    const [report = ''] = readdirSync(coverage);
    const { result } = JSON.parse(readFileSync(join(coverage, report), 'utf8')) as { result: { url: string }[] };
    const urls = result.map(({ url }) => url).filter((url) => /esbuild\/|acorn|trace-afresh/.test(url));
    return urls.map((url) => url.replace(/.*(esbuild|acorn|trace-afresh).*/, '$1'));
  };
  mkdirSync(it.path('runs')); // later it would change a folder that is watched
  await new Promise((resolve) => setTimeout(resolve, 2_100)); // a memo is kept of what settled
  expect(new Set(await loaded())).toEqual(new Set(['esbuild', 'acorn', 'trace-afresh']));
  expect(await loaded()).toEqual([]);
});
