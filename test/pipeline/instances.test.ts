/** `foreach` and `matrix`: what instances they make, and every mistake in them, whole. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { formatDiagnostics } from '../../src/logging/diagnostics.ts';
import { loadPipeline } from '../../src/pipeline/load.ts';
import { renderCommand } from '../../src/pipeline/templates.ts';
import type { Pipeline, Stage } from '../../src/pipeline/types.ts';

const params = 'folds: [1, 2]\nmodels: { small: { size: 1 }, large: { size: 9 } }\nnone: []\nrate: 0.5\n';

function folderWith(pipeline: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'retrial-instances-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'pipeline.yaml'), pipeline);
  writeFileSync(join(folder, 'params.yaml'), params);
  return folder;
}

const file = (stages: string) => `version: 1\nparams: params.yaml\nstages:\n${stages.replace(/^/gm, '  ')}\n`;

async function load(stages: string): Promise<Pipeline> {
  return await loadPipeline({ file: join(folderWith(file(stages)), 'pipeline.yaml') });
}

async function mistakes(stages: string): Promise<string> {
  const folder = folderWith(file(stages));
  try {
    await loadPipeline({ file: join(folder, 'pipeline.yaml') });
  } catch (error) {
    if (error instanceof UserError) return formatDiagnostics(error.diagnostics, { color: false, cwd: folder });
    throw error;
  }
  return 'no mistake';
}

const items = async (stages: string) =>
  Object.fromEntries([...(await load(stages)).stages.values()].map(({ name, item }) => [name, item]));

describe('instances', () => {
  test.each([
    ['a list', 'a: { foreach: [1, x, true], cmd: x }', { 'a@1': 1, 'a@x': 'x', 'a@true': true }],
    ['a map', 'a: { foreach: { p: 1, q: { r: 2 } }, cmd: x }', { 'a@p': 1, 'a@q': { r: 2 } }],
    ['maps in a list', 'a: { foreach: [{ r: 1 }, { r: 2 }], cmd: x }', { 'a@0': { r: 1 }, 'a@1': { r: 2 } }],
    ['fields under do', 'a: { foreach: [1], do: { cmd: x } }', { 'a@1': 1 }],
    ['a list of the params', 'a: { foreach: "${params.folds}", cmd: x }', { 'a@1': 1, 'a@2': 2 }],
    [
      'a map of the params',
      'a: { foreach: "${params.models}", cmd: x }',
      { 'a@small': { size: 1 }, 'a@large': { size: 9 } },
    ],
    [
      'a matrix, the last key fastest',
      'a: { matrix: { fold: "${params.folds}", model: [x, { m: 1 }] }, cmd: x }',
      {
        'a@1-x': { fold: 1, model: 'x' },
        'a@1-model1': { fold: 1, model: { m: 1 } },
        'a@2-x': { fold: 2, model: 'x' },
        'a@2-model1': { fold: 2, model: { m: 1 } },
      },
    ],
  ])('%s', async (_what, stages, expected) => {
    const found = await items(stages);
    expect(found).toEqual(expected);
    expect(Object.keys(found)).toEqual(Object.keys(expected));
  });

  test('the item stands in every text of a stage', async () => {
    const pipeline = await load(
      `make: { foreach: [p-q], cmd: x, outs: { o: o } }
use:
  foreach: { k: { n: 3, name: p-q, dir: src } }
  desc: Number \${item.n} of \${key}
  cmd: 'run \${item.n} \${deps.in_\${item.n}} \${params.\${item.p}}'
  deps: { in_3: "\${make@\${item.name}.o}" }
  outs: { out: "\${item.name}/\${key}.txt" }
  metrics: { scores: { path: "\${key}.json", comparable_by: ["in_\${item.n}"] } }
  env: ["N_\${item.n}"]
  code: ["\${item.dir}/*.py"]
  cwd: \${item.dir}`.replace('{ n: 3,', '{ n: 3, p: rate,'),
    );
    expect(pipeline.stages.get('use@k')).toMatchObject({
      ...{ name: 'use@k', group: 'use', desc: 'Number 3 of k', cwd: { path: 'src' } },
      deps: { in_3: { kind: 'output', stage: 'make@p-q', output: 'o' } },
      outs: { out: { path: 'p-q/k.txt' }, scores: { path: 'k.json', metrics: { comparableBy: ['in_3'] } } },
      ...{ params: ['rate'], env: ['N_3'], code: ['src/*.py'] },
    });
  });

  test('a list is several words, and an item one', async () => {
    const stages = `a: { foreach: [1, 2], cmd: x, outs: { o: o } }
b: { matrix: { t: ["it's $(x)", 2], u: [{ v: [1] }] }, cmd: 'x \${item.t} \${item.u} \${deps.all}; y', deps: { all: "\${a@*.o}" } }
c: { cmd: [x, "-\${deps.one}", "\${deps.all}"], deps: { all: "\${a@*.o}", one: "\${a@2.o}" } }`;
    const wrong = await mistakes(stages);
    expect(wrong).toContain('cannot be part of a stage’s name');
    const pipeline = await load(
      stages.replace(`["it's $(x)", 2]`, `[{ s: "it's $(x)" }]`).replace('item.t}', 'item.t.s}'),
    );
    const rendered = (name: string) => {
      const { cmd, item } = pipeline.stages.get(name) as Stage;
      const deps = { all: ['/p q/1', '/2'], one: '/1' };
      return renderCommand(cmd, { params: {}, deps, outs: {}, ...(item === undefined ? {} : { item }) });
    };
    expect(rendered('b@t0-u0')).toEqual({ kind: 'shell', line: `x 'it'\\''s $(x)' '{"v":[1]}' '/p q/1' '/2'; y` });
    expect(rendered('c')).toEqual({ kind: 'argv', args: ['x', '-/1', '/p q/1', '/2'] });
  });
});

describe('a mistake', () => {
  test.each([
    ['in a name', 'a: { foreach: [0.5], cmd: x }'],
    ['of the same name twice', 'a: { foreach: [1, "1"], cmd: x }'],
    ['of two combinations with one name', 'a: { matrix: { p: [x-y, x], q: [z, y-z] }, cmd: x }'],
    ['of both', 'a: { foreach: [1], matrix: { p: [1] }, cmd: x }'],
    ['of do alone', 'a: { do: { cmd: x } }'],
    ['of a key beside do', 'a: { foreach: [1], cmd: x, do: { cmd: y } }'],
    ['of nothing to run', 'a: { foreach: [1] }'],
    ['below do', 'a: { foreach: [1], do: { cmd: x, holdout: maybe } }'],
    ['of an unknown param', 'a: { foreach: "${params.fold}", cmd: x }'],
    ['of a param that is no list', 'a: { matrix: { p: "${params.rate}" }, cmd: x }'],
    ['of an empty list', 'a: { foreach: "${params.none}", cmd: x }'],
    ['of a text', 'a: { foreach: folds, cmd: x }'],
    ['of a map in a matrix', 'a: { matrix: { p: "${params.models}" }, cmd: x }'],
    [
      'of too many',
      `a: { matrix: { ${['p', 'q', 'r', 's', 't'].map((key) => `${key}: [1, 2, 3, 4, 5, 6, 7]`).join(', ')} }, cmd: x }`,
    ],
    ['said once for all', 'a: { foreach: [1, 2, 3], cmd: "x ${item.z} ${deps.no}", outs: { o: ../o } }'],
    ['of one instance', 'a: { matrix: { p: [n, rate] }, cmd: "x", params: ["${item.p}"] }'],
    ['of an item where none is', 'a: { cmd: "x ${item.n}" }'],
    ['of a map in a text', 'a: { foreach: { k: { n: 1 } }, cmd: x, outs: { o: "${item}.txt" } }'],
    ['of a probe', 'a: { foreach: [1], cmd: x, runtime: { v: "x ${item}" } }'],
    ['of what an item makes of a variable', 'a: { foreach: [p-q], cmd: x, env: ["N${item}"] }'],
  ])('%s', async (_what, stages) => {
    expect(await mistakes(stages)).toMatchSnapshot();
  });

  const both = (dep: string, use = '${deps.d}') =>
    `a: { foreach: [1, 2], cmd: x, outs: { o: o } }\nb: { cmd: x, outs: { o: o } }\nc: { cmd: 'x ${use}', deps: { d: "${dep}" } }`;
  test.each([
    ['of a stage that has instances', both('${a.o}')],
    ['of an instance there is not', both('${a@3.o}')],
    ['of instances of a stage that has none', both('${b@*.o}')],
    ['of instances of no stage', both('${d@*.o}')],
    ['of an output there is not', both('${a@*.oo}')],
    ['of a list glued to a word', both('${a@*.o}', '--all=${deps.d}')],
    ['of a list in an argument', both('${a@*.o}').replace(`'x \${deps.d}'`, '["-${deps.d}"]')],
  ])('in a dependency, %s', async (_what, stages) => {
    expect(await mistakes(stages)).toMatchSnapshot();
  });

  test('in a listing hides none elsewhere, and brings none', async () => {
    const found = await mistakes(
      'a: { foreach: [0.5], cmd: x, outs: { o: o } }\nb: { cmd: x, deps: ["${a@1.o}", "${a@*.o}", "${c.o}"] }',
    );
    expect(found.match(/error: .*/g)).toEqual([
      'error: a: "0.5" cannot be part of a stage’s name',
      'error: b: two dependencies are named o',
      'error: b: two dependencies are named o',
      'error: b: there is no stage "c"',
    ]);
  });
});

test.each([
  [
    'a name of 256 bytes',
    `a: { cmd: x, outs: { o: "sub/${'é'.repeat(128)}" } }`,
    'a name in the output path has 256 bytes',
  ],
  ['one of 255 bytes', `a: { cmd: x, outs: { o: "sub/${'é'.repeat(127)}a" } }`, 'no mistake'],
  ['a long stage', `${'a'.repeat(201)}: { cmd: x }`, 'a stage’s name has 200 bytes at most'],
  [
    'a folder beside',
    'a: { cmd: x, cwd: ../other }',
    'the working folder ../other is not inside that of pipeline.yaml',
  ],
  ['an absolute folder', 'a: { cmd: x, cwd: /etc }', 'the working folder /etc is not inside that of pipeline.yaml'],
  ['a folder with a dot', 'a: { cmd: x, cwd: ./sub/../sub/ }', 'no mistake'],
])('what a file system or a project does not hold: %s', async (_what, stages, message) => {
  expect(await mistakes(stages)).toContain(message);
});
