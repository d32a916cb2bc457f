/** What is in a key is what really runs: each project is traced, and run by Node or tsx itself. */
import { basename, delimiter, join, relative } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import type { Stage } from '../../src/pipeline/types.ts';
import { programsOf } from '../../src/plan/programs.ts';
import { traceCode } from '../../src/plan/trace.ts';
import { codeProject } from '../helpers/code-project.ts';

const bin = join(import.meta.dirname, '../../node_modules/.bin');

/** Each file says that it runs; data is read by the one that loads it. */
const says = (name: string, more = '') => `console.log('RAN ${name}');\n${more}`;

async function ranAndTraced(cmd: string, files: Record<string, string>) {
  const { root, folder, link } = codeProject(files);
  link('node_modules/tsx', join(bin, '../tsx'));
  const env = { PATH: [bin, process.env.PATH].join(delimiter) };
  const { stdout } = await execa(cmd, { cwd: root, shell: true, env });
  const ran = [...stdout.matchAll(/^RAN (.+)$/gm)].map((found) => found[1] ?? '').sort();
  const stage = { name: 'a', cmd: { kind: 'shell', line: [cmd] }, deps: {}, code: [], env: [] } as unknown as Stage;
  const { entries } = programsOf(stage, root);
  const traces = await Promise.all(entries.map((entry) => traceCode(entry, root, join(folder, 'memo'))));
  const traced = [...new Set(traces.flatMap((trace) => trace.files.map((file) => relative(root, file))))].sort();
  return { ran, traced: traced.filter((file) => !/^(package|tsconfig|ts|base)\.json$/.test(basename(file))) };
}

const paths = (target: string) => JSON.stringify({ compilerOptions: { paths: { lib: [target] } } });

test.each<[what: string, cmd: string, files: Record<string, string>]>([
  [
    'a .js beside a .ts',
    'node main.cjs',
    { 'main.cjs': says('main.cjs', 'require("./lib")'), 'lib.js': says('lib.js'), 'lib.ts': says('lib.ts') },
  ],
  [
    'an index.js beside an index.ts',
    'node main.cjs',
    { 'main.cjs': says('main.cjs', 'require("./d")'), 'd/index.js': says('d/index.js'), 'd/index.ts': says('no') },
  ],
  [
    'data beside a style sheet',
    'node main.cjs',
    {
      'main.cjs': says('main.cjs', 'console.log(require("./d").ran)'),
      'd.json': '{"ran":"RAN d.json"}',
      'd.css': 'a{}',
    },
  ],
  [
    'main of a folder, and not module',
    'node main.cjs',
    {
      'main.cjs': says('main.cjs', 'require("./d")'),
      'd/package.json': '{"module":"m.mjs"}',
      ...{ 'd/index.js': says('d/index.js'), 'd/m.mjs': says('no') },
    },
  ],
  [
    'paths of a tsconfig',
    'node main.mjs',
    {
      'main.mjs': says('main.mjs', 'import "lib"'),
      'tsconfig.json': paths('./mine.js'),
      'mine.js': says('no'),
      'node_modules/lib/package.json': '{"name":"lib","version":"1.0.0","main":"index.js"}',
      'node_modules/lib/index.js': '',
    },
  ],
  ...['-C dev', '--conditions=dev', '--conditions dev'].map((option): [string, string, Record<string, string>] => [
    option,
    `node ${option} main.mjs`,
    {
      'main.mjs': says('main.mjs', 'import "#lib"'),
      'package.json': JSON.stringify({ imports: { '#lib': { dev: './dev.mjs', default: './other.mjs' } } }),
      ...{ 'dev.mjs': says('dev.mjs'), 'other.mjs': says('no') },
    },
  ]),
  [
    'a file whose name does not say that it is code',
    'node tool',
    { tool: says('tool', 'require("./a.js")'), 'a.js': says('a.js') },
  ],
  [
    'main of a folder that is started',
    'node d',
    { 'd/package.json': '{"main":"m.js"}', 'd/m.js': says('d/m.js'), 'd/index.js': says('no') },
  ],
  [
    'packages that say they have no side effects',
    'node main.mjs',
    {
      'main.mjs': says('main.mjs', 'import "./a.mjs"'),
      'a.mjs': says('a.mjs'),
      'package.json': '{"sideEffects":false}',
    },
  ],
])('node: %s', async (_what, cmd, files) => {
  const { ran, traced } = await ranAndTraced(cmd, files);
  expect(traced).toEqual(ran);
});

test.each<[what: string, cmd: string, files: Record<string, string>]>([
  [
    'a .ts in the place of a .js that is there, too',
    'tsx main.ts',
    {
      'main.ts': says('main.ts', 'import "./a.js"'),
      'a.js': says('a.js'),
      'a.ts': says('a.ts', 'import "./b.ts"'),
      'b.ts': says('b.ts'),
    },
  ],
  [
    'a .js that JavaScript names',
    'tsx main.mjs',
    { 'main.mjs': says('main.mjs', 'import "./a.js"'), 'a.js': says('a.js'), 'a.ts': says('a.ts') },
  ],
  [
    'a name without its end',
    'tsx main.ts',
    {
      'main.ts': says('main.ts', 'import "./a"'),
      'a.js': says('a.js'),
      'a.ts': says('a.ts'),
      'a/index.ts': says('a/index.ts'),
    },
  ],
  [
    'a folder beside a file of that name, from JavaScript',
    'tsx main.mjs',
    { 'main.mjs': says('main.mjs', 'import "./a"'), 'a.ts': says('a.ts'), 'a/index.ts': says('a/index.ts') },
  ],
  [
    'require from CommonJS',
    'tsx main.cts',
    { 'main.cts': says('main.cts', 'require("./a")'), 'a.js': says('a.js'), 'a.ts': says('a.ts') },
  ],
  [
    'a .mts in the place of a .mjs',
    'tsx main.mts',
    { 'main.mts': says('main.mts', 'import "./a.mjs"'), 'a.mjs': says('a.mjs'), 'a.mts': says('a.mts') },
  ],
  [
    'data beside a style sheet',
    'tsx main.cjs',
    {
      'main.cjs': says('main.cjs', 'console.log(require("./d").ran)'),
      'd.json': '{"ran":"RAN d.json"}',
      'd.css': 'a{}',
    },
  ],
  [
    'a tsconfig of another name',
    'tsx --tsconfig conf/ts.json main.ts',
    { 'main.ts': says('main.ts', 'import "lib"'), 'conf/ts.json': paths('../mine.ts'), 'mine.ts': says('mine.ts') },
  ],
  [
    'a tsconfig of another name that extends one',
    'tsx --tsconfig=conf/ts.json main.ts',
    {
      'main.ts': says('main.ts', 'import "lib"'),
      'conf/ts.json': '{"extends":"./base.json"}',
      ...{ 'conf/base.json': paths('../mine.ts'), 'mine.ts': says('mine.ts') },
    },
  ],
  [
    'the tsconfig of the folder it starts in, and not the nearest',
    'tsx sub/main.ts',
    {
      'sub/main.ts': says('sub/main.ts', 'import "lib"'),
      'tsconfig.json': paths('./root.ts'),
      'sub/tsconfig.json': paths('./sub.ts'),
      ...{ 'root.ts': says('root.ts'), 'sub/sub.ts': says('sub/sub.ts') },
    },
  ],
  ['what is started by half its name', 'tsx main', { 'main.ts': says('main.ts'), 'main.js': says('main.js') }],
  [
    'tsx as a module of node',
    'node --import tsx main.ts',
    { 'main.ts': says('main.ts', 'import "./a.js"'), 'a.js': says('a.js'), 'a.ts': says('a.ts') },
  ],
])('tsx: %s', async (_what, cmd, files) => {
  const { ran, traced } = await ranAndTraced(cmd, files);
  expect(ran.length).toBeGreaterThan(0);
  expect(traced).toEqual(expect.arrayContaining(ran));
});

test('every tsconfig that tsx goes by is in the key', async () => {
  const { trace, root } = codeProject({
    'main.ts': '',
    ...{ 'conf/ts.json': '{"extends":"./base.json"}', 'conf/base.json': '{}', 'tsconfig.json': '{}' },
  });
  const runner = { kind: 'tsx', tsconfig: join(root, 'conf/ts.json') } as const;
  expect((await trace()).files).toEqual(['main.ts', 'tsconfig.json']);
  expect((await trace('main.ts', runner)).files).toEqual([
    'conf/base.json',
    'conf/ts.json',
    'main.ts',
    'tsconfig.json',
  ]);
});

test('what may run in the place of another may be no code at all', async () => {
  const { trace } = codeProject({
    'main.ts': 'import "./a.js";',
    'a.js': 'import "./nowhere.js";',
    'a.ts': '',
  });
  expect((await trace()).files).toEqual(['a.js', 'a.ts', 'main.ts']);
});
