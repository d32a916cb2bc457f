import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { traceCode } from '../../src/plan/trace.ts';
import { outcomes, rig } from '../helpers/rig.ts';

function project(files: Readonly<Record<string, string>>) {
  const root = mkdtempSync(join(tmpdir(), 'retrial-trace-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const write = (more: Readonly<Record<string, string>>) => {
    for (const [name, text] of Object.entries(more)) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), text);
    }
  };
  write(files);
  const trace = async (entry = 'main.ts') => {
    const { files: found, packages } = await traceCode(join(root, entry), root, join(root, 'memo'));
    return { files: found.map((file) => relative(root, file)), packages };
  };
  return { root, write, trace };
}

const pack = (name: string, version: string, more = {}) => JSON.stringify({ name, version, main: 'index.js', ...more });

test('static, dynamic, re-exported and JSON imports; packages with all they depend on', async () => {
  const { trace } = project({
    'main.ts': `import { a } from './a.ts'; import data from './data.json'; import 'one'; const b = await import('./b.js'); import fs from 'node:fs'; console.log(a, data, b, fs);`,
    'a.ts': `export * from './lib/c';`,
    'lib/c.ts': 'export const a = 1;',
    'b.js': 'export default 1;',
    'data.json': '{"x":1}',
    'unused.ts': '',
    'node_modules/one/package.json': pack('one', '1.0.0', { dependencies: { two: '*', missing: '*' } }),
    'node_modules/two/package.json': pack('two', '2.0.0'),
    'node_modules/one/node_modules/two/package.json': pack('two', '2.5.0'),
    'node_modules/.package-lock.json': JSON.stringify({
      packages: { 'node_modules/one': { version: '1.0.0', integrity: 'sha512-one', dependencies: { two: '*' } } },
    }),
  });
  expect(await trace()).toEqual({
    files: ['a.ts', 'b.js', 'data.json', 'lib/c.ts', 'main.ts'],
    packages: { 'one@1.0.0': 'sha512-one', 'two@2.5.0': '' },
  });
});

test('retrial/stage is in the key as a protocol number: a new Retrial reruns no stage', async () => {
  const { trace } = project({
    'main.ts': "import 'retrial/stage'; import 'one';",
    'node_modules/retrial/package.json': pack('retrial', '9.9.9', { dependencies: { two: '*' } }),
    'node_modules/one/package.json': pack('one', '1.0.0'),
    'node_modules/two/package.json': pack('two', '2.0.0'),
  });
  expect((await trace()).packages).toEqual({ 'one@1.0.0': '' });
});

test('a memoised trace notices a new import and a file that takes an import over', async () => {
  const { trace, write } = project({ 'main.ts': "import './lib';", 'lib/index.ts': '' });
  expect((await trace()).files).toEqual(['lib/index.ts', 'main.ts']);
  write({ 'lib/index.ts': "import '../more.ts';", 'more.ts': '' });
  expect((await trace()).files).toEqual(['lib/index.ts', 'main.ts', 'more.ts']);
  write({ 'lib.ts': '' });
  expect((await trace()).files).toEqual(['lib.ts', 'main.ts']);
});

test('what does not resolve is said at its place', async () => {
  const { trace, root } = project({ 'main.ts': "const a = 1;\nimport './nowhere.ts';" });
  const error = (await trace().catch((reason: unknown) => reason)) as UserError;
  expect(error).toBeInstanceOf(UserError);
  expect(error.diagnostics[0]).toMatchObject({
    message: 'Could not resolve "./nowhere.ts"',
    place: { file: join(root, 'main.ts'), line: 2 },
  });
});

test('a comment in an imported file reruns just the stages that import it', async () => {
  const write = (name: string, imports: string) =>
    `import { writeFileSync, readFileSync } from 'node:fs';\n${imports}\nconst { outs } = JSON.parse(readFileSync(process.env.RETRIAL_STAGE, 'utf8'));\nwriteFileSync(outs.out, '${name}');\n`;
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
