import { relative } from 'node:path';
import { expect, test } from 'vitest';
import type { Stage } from '../../src/pipeline/types.ts';
import { commandWords, programsOf, readFrom } from '../../src/plan/programs.ts';
import { shellPrograms } from '../../src/plan/shell-words.ts';
import { codeProject } from '../helpers/code-project.ts';

test.each([
  ['a b; c && d | e || f & g', [['a', 'b'], ['c'], ['d'], ['e'], ['f'], ['g']]],
  ['a "b c" \'d "e\' f\\ g', [['a', 'b c', 'd "e', 'f g']]],
  ['a "" > out 2> err', [['a', '']]],
  ['a 2>err b >>"o u t" c >|d e 2>&1 f < in', [['a', 'b', 'c', 'e', 'f', 'in']]],
  [
    'a file2>err &> log; b > "$(c d)"e f',
    [
      ['a', 'file2'],
      ['c', 'd'],
      ['b', 'f'],
    ],
  ],
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
  ...{
    starts: '#!/usr/bin/env node\n',
    'starts-tsx': '#!/usr/bin/env -S npx tsx\n',
    tool: '#!/bin/sh\n',
    'tool.sh': '',
  },
  ...{ script: '', 'pk/__main__.py': '', 'pk/train.py': '', LICENSE: '' },
};

function entries(cmd: Stage['cmd'], more: Partial<Stage> = {}) {
  const { root } = codeProject(files);
  const stage = { name: 'a', cmd, deps: {}, code: [], env: [], ...more } as unknown as Stage;
  const { entries: found, preloaded, unknown, scripts } = programsOf(stage, root);
  const names = (paths: readonly string[]) => paths.map((path) => relative(root, path));
  return {
    entries: names(found.map(({ path }) => path)),
    preloaded: preloaded.map(({ name }) => name),
    unknown,
    scripts: names(scripts),
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
  ["bash -ec 'node b.mjs'", ['b.mjs']],
  ['bash -lc "node b.mjs"', ['b.mjs']],
  ["bash -euo pipefail -c 'node b.mjs'", ['b.mjs']],
  ["sh -e -c 'cd sub; node c.js'; node d.js", ['sub/c.js', 'd.js']],
  ["bash -o pipefail -lc 'cd sub && node d.js'", ['sub/d.js']],
  ['eval "node b.mjs"', ['b.mjs']],
  ["NODE_OPTIONS='--import=./b.mjs' node d.js", ['b.mjs', 'd.js']],
  ['export NODE_OPTIONS="--require ./d.js"; node b.mjs', ['d.js', 'b.mjs']],
  ["NODE_OPTIONS='--import=./b.mjs' true; node d.js", ['d.js']],
  ['env NODE_OPTIONS=--import=./b.mjs node d.js', ['b.mjs', 'd.js']],
  ['node --stack-size 2000 b.mjs', ['b.mjs']],
  ['./tool.sh; ./starts', ['starts']],
  ['time ./starts-tsx', ['starts-tsx']],
  ['node nowhere.js data.json', []],
  ['node > d.js b.mjs; node < b.mjs', ['b.mjs']],
  ['python3 x.py node.txt', []],
])('%s', (line, expected) => {
  expect(entries({ kind: 'shell', line: [line] }).entries).toEqual(expected);
});

test.each([
  ['echo x >> log.txt; sh a.sh>out.txt 2>err.txt', ['echo', 'x', 'sh', 'a.sh'], []],
  ['a.sh b2.txt &> log.txt 2>&1 >| "my log.txt" c.txt', ['a.sh', 'b2.txt', 'c.txt'], []],
  ["sh < in.txt 3<'my.txt' <<EOF > out.txt", ['sh', 'in.txt', '3', 'my.txt', 'EOF'], ['in.txt', 'my.txt']],
  ['diff <(cat a.txt) b.txt', ['diff', 'cat', 'a.txt', 'b.txt'], []],
])('words that may name a file of %s, and what is read from', (line, words, read) => {
  const stage = { cmd: { kind: 'shell', line: [line] }, deps: {} } as unknown as Stage;
  expect([commandWords(stage), readFrom(stage)]).toEqual([words, read]);
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

test.each([
  ['python3 script', ['script']],
  ['python3 -u -W ignore script --flag', ['script']],
  ['poetry run python script', ['script']],
  ['bash script', ['script']],
  ["bash -c 'cd sub; ../tool'", ['tool']],
  ['./tool && time ./tool', ['tool']],
  ['python -m pk.train', ['pk/train.py']],
  ['python3 -m pk', ['pk/__main__.py']],
  ['cd pk && python3 train.py', ['pk/train.py']],
  ['for i in 1 2; do ./tool $i; done; if true; then python3 script; fi', ['tool', 'script']],
  ['. ./tool; source script', ['tool', 'script']],
])('what other programs run: %s', (line, expected) => {
  expect(entries({ kind: 'shell', line: [line] }).scripts).toEqual(expected);
});

test.each([
  ['cat LICENSE | grep -c python script'],
  ['python3 -c "import script" script'],
  ['which bash script; cp script LICENSE; echo tool'],
  ['sh -s script < LICENSE'],
  ['python3 -m pip install script'],
  ['/bin/sh -c true; /usr/bin/env true'],
])('what no program runs: %s', (line) => {
  expect(entries({ kind: 'shell', line: [line] }).scripts.filter((path) => !path.startsWith('..'))).toEqual([]);
});

test('behind a folder that only the run knows, what is started is not known', () => {
  expect(entries({ kind: 'shell', line: ['cd "$DIR" && node b.mjs'] }).unknown).toBe(true);
  expect(entries({ kind: 'shell', line: ['cd sub && node c.js'] }).unknown).toBe(false);
});
