import { relative } from 'node:path';
import { expect, test } from 'vitest';
import type { Stage } from '../../src/pipeline/types.ts';
import { programsOf } from '../../src/plan/programs.ts';
import { shellPrograms } from '../../src/plan/shell-words.ts';
import { codeProject } from '../helpers/code-project.ts';

test.each([
  ['a b; c && d | e || f & g', [['a', 'b'], ['c'], ['d'], ['e'], ['f'], ['g']]],
  ['a "b c" \'d "e\' f\\ g', [['a', 'b c', 'd "e', 'f g']]],
  ['a "" > out 2> err', [['a', '', 'out', '2', 'err']]],
  ['a # b; c\nd#e', [['a'], ['d#e']]],
  [
    'a "$(b "c d")" e',
    [
      ['b', 'c d'],
      ['a', '\0', 'e'],
    ],
  ],
  [
    'a `b c`d',
    [
      ['b', 'c'],
      ['a', '\0d'],
    ],
  ],
  ['(cd x && a); b \\\n c', [['cd', 'x'], ['a'], ['b', 'c']]],
  ['a "$(b', [['b'], ['a', '\0']]],
])('the programs of %j', (line, expected) => {
  expect(shellPrograms(line)).toEqual(expected);
});

const files = {
  ...{ 'a.ts': '', 'b.mjs': '', 'my file.js': '', 'lib/index.js': '', 'sub/c.js': '', 'sub/d.js': '', 'd.js': '' },
  'data.json': '{}',
};

function entries(cmd: Stage['cmd'], more: Partial<Stage> = {}) {
  const { root } = codeProject(files);
  const stage = { name: 'a', cmd, deps: {}, code: [], ...more } as unknown as Stage;
  const { entries: found, preloaded, unknown } = programsOf(stage, root);
  return {
    entries: found.map(({ path }) => relative(root, path)),
    preloaded: preloaded.map(({ name }) => name),
    unknown,
  };
}

test.each([
  ['tsx a.ts', ['a.ts']],
  ['npx tsx a.ts --flag b.mjs', ['a.ts']],
  ['node --import tsx a.ts', ['a.ts']],
  ['A=1 B="x y" node b.mjs', ['b.mjs']],
  ['env A=1 /usr/bin/node --max-old-space-size=4096 b.mjs', ['b.mjs']],
  ['node b.mjs && tsx a.ts; node "my file.js" | cat', ['b.mjs', 'a.ts', 'my file.js']],
  ['node --require ./d.js b.mjs', ['d.js', 'b.mjs']],
  ['node --import=./b.mjs d', ['b.mjs', 'd.js']],
  ['node lib', ['lib/index.js']],
  ['node -e "require(\'./d.js\')" b.mjs', []],
  ['node --input-type module -p 1', []],
  ['cd sub && node c.js; node d.js', ['sub/c.js', 'sub/d.js']],
  ['(cd sub && node c.js); node b.mjs', ['sub/c.js', 'b.mjs']],
  ['bash -c "node b.mjs; node d.js"', ['b.mjs', 'd.js']],
  ['echo $(node d.js)', ['d.js']],
  ['node nowhere.js data.json', []],
  ['python3 x.py node.txt', []],
])('%s', (line, expected) => {
  expect(entries({ kind: 'shell', line: [line] }).entries).toEqual(expected);
});

test('names are relative to the folder the stage runs in', () => {
  const cwd = { path: 'sub', place: { file: 'pipeline.yaml', line: 1, column: 1 } };
  expect(entries({ kind: 'shell', line: ['node d.js'] }, { cwd }).entries).toEqual(['sub/d.js']);
});

test('an argument list is one program', () => {
  expect(entries({ kind: 'argv', args: [['node'], ['my file.js'], ['a;b']] }).entries).toEqual(['my file.js']);
});

test('packages that are preloaded', () => {
  const { preloaded } = entries({ kind: 'shell', line: ['node -r dotenv/config --import=@a/b/c b.mjs'] });
  expect(preloaded).toEqual(['dotenv', '@a/b']);
});

test('a declared path and the item of an instance are as literal as the command itself', () => {
  const place = { file: 'pipeline.yaml', line: 1, column: 1 };
  const deps = { script: { kind: 'path', path: 'my file.js', place } } as const;
  const line = ['node ', { kind: 'dep', name: 'script' }, '; node sub/', { kind: 'item', key: '' }, '.js'] as const;
  expect(entries({ kind: 'shell', line }, { deps, item: 'c' }).entries).toEqual(['my file.js', 'sub/c.js']);
});

test('a file that only the run names is told', () => {
  expect(entries({ kind: 'shell', line: ['node ', { kind: 'param', key: 'model' }] }).unknown).toBe(true);
  expect(entries({ kind: 'shell', line: ['node $MODEL.js'] }).unknown).toBe(true);
  expect(entries({ kind: 'shell', line: ['node b.mjs ', { kind: 'param', key: 'model' }] }).unknown).toBe(false);
  expect(entries({ kind: 'shell', line: ['A=1 npm run fit; node b.mjs'] }).unknown).toBe(true);
  expect(entries({ kind: 'shell', line: ['npm ls; echo make'] }).unknown).toBe(false);
});
