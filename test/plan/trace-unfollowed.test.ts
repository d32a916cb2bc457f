import { expect, test } from 'vitest';
import { codeProject } from '../helpers/code-project.ts';
import { outcomes, rig } from '../helpers/rig.ts';

/** `line:column what` of everything in main.ts that cannot be followed. */
async function unfollowed(main: string, more: Readonly<Record<string, string>> = {}, entry = 'main.ts') {
  const { trace } = codeProject({ [entry]: main, ...more });
  const { unfollowed: found, files } = await trace(entry);
  return { found: found.map(({ line, column, what }) => `${line}:${column} ${what}`), files };
}

test.each([
  ['const name = process.argv[2];\n  await import(name);', '2:9 import() of a computed name'],
  ['const n: string = "a";\nawait import(`./models/${n}.ts`);', '2:7 import() of a computed name'],
  ['const f = (x: string) => require(x);', '1:26 require() of a computed name'],
  ['export const load = require;', '1:21 require under another name'],
  ["import { createRequire } from 'node:module';\ncreateRequire(import.meta.url)('./a.cjs');", '2:1 createRequire()'],
  ["import { createRequire as make } from 'module';\nmake(import.meta.url);", '2:1 createRequire()'],
  ["import module from 'node:module';\nmodule.createRequire(import.meta.url);", '2:1 createRequire()'],
  ["process.getBuiltinModule('node:module').createRequire('/');", '1:1 createRequire()'],
  [
    "import { Worker } from 'node:worker_threads';\nconst file: string = process.argv[2] ?? '';\nnew Worker(file);",
    '3:1 a worker from a computed path',
  ],
  [
    "const { Worker: Thread } = await import('node:worker_threads');\nnew Thread('./nowhere.js');",
    '2:1 a worker from a computed path',
  ],
  [
    "import * as processes from 'node:child_process';\nprocesses.fork(process.argv[2] ?? '');",
    '2:1 a forked process from a computed path',
  ],
  [
    "export const at = new URL('./' + process.argv[2], import.meta.url);",
    '1:19 a file named by new URL(…, import.meta.url)',
  ],
  [
    "const here = import.meta.url;\nexport const at = new URL('../data/', here);",
    '2:19 a file named by new URL(…, import.meta.url)',
  ],
  [
    "import { Worker } from 'node:worker_threads';\nnew Worker(process.argv[2] ?? new URL('./a.ts', import.meta.url));",
    '2:1 a worker from a computed path',
  ],
  [
    "import * as threads from 'node:worker_threads';\nconst W = threads.Worker;\nnew W(process.argv[2] ?? '');",
    '3:1 a worker from a computed path',
  ],
  [
    "import { spawn } from 'node:child_process';\nspawn(process.execPath, [process.argv[2] ?? '']);",
    '2:1 a process of Node from a computed path',
  ],
  [
    "import { execFile } from 'node:child_process';\nexport const run = (args: string[]) => execFile('node', args);",
    '2:40 a process of Node from a computed path',
  ],
  [
    "import { execSync } from 'node:child_process';\nexecSync(`node ${process.argv[2]}`);",
    '2:1 a process of Node from a computed path',
  ],
  ["import { register } from 'node:module';\nregister('./nowhere.mjs', import.meta.url);", '2:1 register()'],
  [
    "import module from 'node:module';\nmodule.register(process.argv[2] ?? '', import.meta.url);",
    '2:1 register() of a computed name',
  ],
  ["export const at = import.meta.resolve('one');", '1:19 import.meta.resolve()'],
  ["export const at = require.resolve('./' + process.argv[2]);", '1:19 require.resolve()'],
])('said with its place: %s', async (code, expected) => {
  expect((await unfollowed(code, { 'a.ts': '', 'a.cjs': '' })).found).toEqual([expected]);
});

test.each([
  ["import { Worker } from 'node:worker_threads';\nnew Worker(new URL('./w.ts', import.meta.url));"],
  ["import { Worker } from 'worker_threads';\nconst file = new URL('./w.ts', import.meta.url);\nnew Worker(file, {});"],
  [
    "import { Worker } from 'worker_threads';\nimport { fileURLToPath } from 'node:url';\nnew Worker(fileURLToPath(new URL('./w.ts', import.meta.url)));",
  ],
  ["import { fork } from 'node:child_process';\nfork('./w.ts');"],
  ["const { fork } = require('child_process');\nconst file = './w.ts';\nfork(file);"],
  ["export const file = import.meta.resolve('./w.ts');"],
  ["await import(new URL('./w.ts', import.meta.url).href);"],
  ["import { fork } from 'node:child_process';\nfork(require.resolve('./w.ts'));"],
  ["export const file = require.resolve('./w.ts');"],
  ["import * as threads from 'node:worker_threads';\nconst W = threads.Worker;\nnew W('./w.ts');"],
  ["import { execFileSync } from 'node:child_process';\nexecFileSync('tsx', ['w.ts', process.argv[2] ?? '']);"],
  ["import { spawn } from 'node:child_process';\nspawn(process.execPath, ['--import', 'tsx', './w.ts']);"],
  [
    "import cp from 'node:child_process';\nconst args = ['w.ts'];\ncp.spawnSync('npx', ['tsx', ...args, 'w.ts']); cp.exec('npx tsx w.ts');",
  ],
  ["import { exec } from 'node:child_process';\nexec(`tsx w.ts ${process.argv[2]} > out`);"],
  ["import { register } from 'node:module';\nregister('./w.ts', import.meta.url);"],
  [
    "import module from 'node:module';\nimport { pathToFileURL } from 'node:url';\nmodule.register('./w.ts', pathToFileURL('./'));",
  ],
  ["import { register } from 'node:module';\nregister(new URL('./w.ts', import.meta.url));"],
])('a literal file is followed, with what it imports: %s', async (code) => {
  const { found, files } = await unfollowed(code, { 'w.ts': "import './deep.ts';", 'deep.ts': '' });
  expect(found).toEqual([]);
  expect(files).toEqual(['deep.ts', 'main.ts', 'w.ts']);
});

test('a file that is named by URL and is no code is in the key by its content', async () => {
  const { files } = await unfollowed("export const at = new URL('./words.bin', import.meta.url);", {
    'words.bin': 'x',
  });
  expect(files).toEqual(['main.ts', 'words.bin']);
});

test.each([
  ["import a from './a.ts'; const b = await import('./a.ts'); console.log(a, b);"],
  ["const c = process.argv.length > 2;\nconsole.log(await import(c ? './a.ts' : `./a.ts`));"],
  ["export const address = new URL('/x', 'https://example.org');"],
  ["import { Worker } from 'node:worker_threads';\nnew Worker('1', { eval: true });"],
  ["import { spawn } from 'node:child_process';\nspawn('git', ['status']); spawn(process.argv[2] ?? '', ['x']);"],
  ["import { exec } from 'node:child_process';\nexec('ls'); exec(process.argv[2] ?? ''); /a/.exec('node b');"],
  [
    "import { spawn } from 'node:child_process';\nspawn(process.execPath, ['-e', process.argv[2] ?? '']); spawn('node', [__filename]);",
  ],
  ["export const register = (name: string) => name;\nregister(process.argv[2] ?? '');"],
  ["class Worker {}\nnew Worker();\nconst fork = (x: string) => x;\nfork('x');"],
  ["console.log(typeof require, import.meta.dirname, 'import(x) require(y)'); // import(z)"],
  [
    "import { createRequire } from 'node:module';\ntype Require = ReturnType<typeof createRequire>;\nexport type { Require };",
  ],
])('nothing to say: %s', async (code) => {
  expect((await unfollowed(code, { 'a.ts': 'export default 1;' })).found).toEqual([]);
});

test('CommonJS that is no module; JSX; a script with a return', async () => {
  const sloppy = 'var eight = 010;\nmodule.exports = (x) => require(x);\nif (!eight) return;';
  expect((await unfollowed(sloppy, {}, 'main.cjs')).found).toEqual(['2:25 require() of a computed name']);
  const jsx = "/** @jsx h */\nconst h = (x: string) => x;\nexport const page = <p>{import(h('a'))}</p>;";
  expect((await unfollowed(jsx, {}, 'main.tsx')).found).toEqual(['3:25 import() of a computed name']);
});

const loader = `import { readFileSync, writeFileSync } from 'node:fs';
const { outs } = JSON.parse(readFileSync(process.env.RETRIAL_STAGE, 'utf8'));
const name = ['plugin', 'mjs'].join('.');
const { value } = await import('./' + name);
writeFileSync(outs.out, String(value));
`;
const pipeline = (more: string) =>
  `version: 1\nstages:\n  a: { cmd: node loader.mjs, outs: { out: out.txt }${more} }\n`;

test('an error until code: declares the file, and with it what it loads', async () => {
  const it = rig({
    'pipeline.yaml': pipeline(''),
    'loader.mjs': loader,
    'plugin.mjs': 'export const value = 1;\n',
    'other.txt': '',
  });
  const refused = await it.retrial('run');
  expect(refused.exitCode).toBe(2);
  expect(refused.stderr).toContain('loader.mjs:4:25 error: stage a uses import() of a computed name');
  expect(refused.stderr).toContain('code: ["loader.mjs", …]');

  it.write({ 'pipeline.yaml': pipeline(', code: [other.txt]') });
  expect((await it.retrial('run')).exitCode).toBe(2);

  it.write({ 'pipeline.yaml': pipeline(', code: ["*.mjs"]') });
  expect(outcomes(await it.run())).toEqual({ a: 'ran' });
  expect(outcomes(await it.run())).toEqual({ a: 'fresh' });
  it.write({ 'plugin.mjs': 'export const value = 2;\n' });
  expect(outcomes(await it.run())).toEqual({ a: 'ran' });
});

test('what a process of Node is started with is read by its rules; scripts of others are in the key by their content', async () => {
  const { trace } = codeProject({
    'main.ts': `import { execFileSync } from 'node:child_process';
execFileSync('node', ['child.cjs']);
execFileSync('python3', ['fit.py']);`,
    ...{ 'child.cjs': "require('./lib');", 'lib.js': '', 'lib.ts': '', 'fit.py': '' },
  });
  const { files, unfollowed: found } = await trace();
  expect(found).toEqual([]);
  expect(files).toEqual(['child.cjs', 'fit.py', 'lib.js', 'main.ts']);
});

test('where code registers a loader, all that it may load is in the key', async () => {
  const { trace } = codeProject({
    'main.cjs': "require('tsx/cjs'); require('./app');",
    'hooks.mjs': "import { registerHooks } from 'node:module'; registerHooks({}); await import('./app');",
    ...{
      'app.ts': "import 'lib';",
      'lib.ts': '',
      'tsconfig.json': '{"compilerOptions":{"paths":{"lib":["./lib.ts"]}}}',
    },
  });
  const node = { kind: 'node' } as const;
  expect((await trace('main.cjs', node)).files).toEqual(['app.ts', 'lib.ts', 'main.cjs', 'tsconfig.json']);
  expect((await trace('hooks.mjs', node)).files).toEqual(['app.ts', 'hooks.mjs', 'lib.ts', 'tsconfig.json']);
});
