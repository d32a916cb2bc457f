/** Params: declared once, then changed by overlays, --set and sweeps, each value of the type that was declared. */
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { configYaml } from '../../src/pipeline/config-text.ts';
import { type LoadOptions, loadPipeline } from '../../src/pipeline/load.ts';
import { flatten, paramAt, pickParams } from '../../src/pipeline/param-tree.ts';

const defaults = `$types: { path: string, zero: number }
path: null
zero: 0
seed: 1
rate: 1.0
name: cfgan
on: true
sizes: [8, 16]
model: { depth: 2, act: relu }
extra: {}
`;

interface Given extends Pick<LoadOptions, 'set' | 'values'> {
  readonly declared?: string;
  readonly overlay?: string;
}

async function loaded({ declared = defaults, overlay, ...options }: Given) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'retrial-params-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  write('p.yaml', declared);
  const file = write('pipeline.yaml', 'version: 1\nparams: p.yaml\nstages: { a: { cmd: x } }\n');
  return loadPipeline({ file, overlays: overlay === undefined ? [] : [write('o.yaml', overlay)], ...options });
}

const params = async (given: Given) => (await loaded(given)).params;

async function mistakes(given: Given): Promise<string[]> {
  try {
    await loaded(given);
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.diagnostics.map(({ place, message }) =>
      place ? `${place.line}:${place.column} ${message}` : message,
    );
  }
}

test('defaults, then overlays, then --set, then values', async () => {
  const changed = await params({
    overlay: 'seed: 2\nrate: 2\nname: wgan\nmodel: { depth: 3 }\nsizes: [1]\n',
    ...{ set: ['rate=3', 'name=gan'], values: { name: 'popularity', 'model.act': 'tanh' } },
  });
  expect(changed).toEqual({
    ...{ path: null, zero: 0, seed: 2, rate: 3, name: 'popularity', on: true, sizes: [1], extra: {} },
    model: { depth: 3, act: 'tanh' },
  });
});

test('every file read is among the sources', async () => {
  const { sources } = await loaded({ overlay: 'seed: 2\n' });
  expect(sources.map(({ path }) => path)).toEqual(['pipeline.yaml', 'p.yaml', 'o.yaml']);
});

describe('a value is fine', () => {
  test.each([
    ['rate=1', { rate: 1 }],
    ['rate=1.0e+300', { rate: 1e300 }],
    ['seed=1e3', { seed: 1000 }],
    ['zero=0.5', { zero: 0.5 }],
    ['path=data/x.csv', { path: 'data/x.csv' }],
    ['path=null', { path: null }],
    ['name=', { name: '' }],
    ['name="5"', { name: '5' }],
    ['sizes=[]', { sizes: [] }],
    ['model={depth: 4}', { model: { depth: 4, act: 'relu' } }],
    ['model=depth: 4', { model: { depth: 4, act: 'relu' } }],
    ['model={}', { model: { depth: 2, act: 'relu' } }],
    ['extra.a.b=1', { extra: { a: { b: 1 } } }],
    ['extra={a: [x], b: null}', { extra: { a: ['x'], b: null } }],
  ])('--set %s', async (set, expected) => {
    expect(await params({ set: [set] })).toMatchObject(expected);
  });

  test('an empty overlay changes nothing', async () => {
    expect(await params({ overlay: '# nothing\n' })).toEqual(await params({}));
  });

  test('open maps merge', async () => {
    expect((await params({ overlay: 'extra: { a: { x: 1 } }\n', set: ['extra.a.y=2'] })).extra).toEqual({
      a: { x: 1, y: 2 },
    });
  });
});

describe('a value is a mistake', () => {
  test.each([
    ['seed=1.5', '1:6 seed must be an integer, not a number (1.5)'],
    ['seed=1.0e+300', '1:6 seed must be an integer, not a number (1e+300)'],
    ['seed=null', '1:6 seed must be an integer, not null'],
    ['seed=9007199254740993', '1:6 seed cannot be 9007199254740993'],
    ['rate=9007199254740993', '1:6 rate cannot be 9007199254740993'],
    ['rate=.inf', '1:6 rate cannot be .inf'],
    ['sizes=[1, [.nan]]', '1:12 sizes.1.0 cannot be .nan'],
    ['extra={a: {b: .nan}}', '1:15 extra.a.b cannot be .nan'],
    ['name=5', '1:6 name must be a string, not an integer (5)'],
    ['on=yes', '1:4 on must be a boolean, not a string ("yes")'],
    ['model=3', '1:7 model must be a map, not an integer (3)'],
    ['sizes={}', '1:7 sizes must be a list, not a map ({})'],
    ['model.dept=3', '1:1 unknown param "model.dept"'],
    ['model={dept: 3}', '1:8 unknown param "model.dept"'],
    ['seed.x=1', '1:8 seed must be an integer, not a map ({"x":1})'],
    ['toString=1', '1:1 unknown param "toString"'],
    ['__proto__.x=1', '1:1 unknown param "__proto__"'],
    ['seed=[1', '1:8 Flow sequence must end with a ]'],
    ['seed', '1:1 there is no "="'],
  ])('--set %s', async (set, message) => {
    expect(await mistakes({ set: [set] })).toEqual([message]);
  });

  test('a dotted key in an overlay, which nests instead', async () => {
    expect(await mistakes({ overlay: 'model.depth: 3\n' })).toEqual(['1:1 unknown param "model.depth"']);
  });

  test('from a sweep, which has no place', async () => {
    expect(await mistakes({ values: { seed: 'x' } })).toEqual(['seed must be an integer, not a string ("x")']);
  });
});

test.each([
  ['null without a type', 'a: null\n', ['1:4 a is null, and its type is not known']],
  [
    'a type that is none',
    '$types: { a: strin }\na: null\n',
    ['1:14 $types: "strin" is no type', '2:4 a is null, and its type is not known'],
  ],
  ['a type of nothing', '$types: { b: string }\na: 1\n', ['1:11 $types names "b", which is not declared below']],
  ['a type the default has not', '$types: { a: string }\na: 1\n', ['2:4 a is declared a string, and is an integer']],
  [
    'names that cannot be named',
    'a.b: 1\n"c d": 1\n',
    ['1:1 "a.b" cannot be a param\'s name', '2:1 "c d" cannot be a param\'s name'],
  ],
  ['numbers that are none', 'a: [.inf]\n', ['1:5 a.0 cannot be .inf']],
  ['a list', '- 1\n', ['1:1 params must be a map']],
])('declared: %s', async (_what, declared, said) => {
  expect(await mistakes({ declared })).toEqual(said);
});

test('without declared params there is nothing to change', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'retrial-params-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'pipeline.yaml');
  writeFileSync(file, 'version: 1\nstages: { a: { cmd: x } }\n');
  expect((await loadPipeline({ file })).params).toEqual({});
  await expect(loadPipeline({ file, set: ['a=1'] })).rejects.toThrow('unknown param "a"');
});

test('--set of a param no stage is given is a warning', async () => {
  const { warnings } = await loaded({ set: ['seed=2'] });
  expect(warnings.map(({ message }) => message)).toEqual(['no stage is given seed, so it changes nothing']);
});

test('a recorded config declares itself, nulls included', async () => {
  const { file, params: resolved } = await loaded({ set: ['rate=1.0e-7'] });
  const recorded = join(file, '..', 'config.yaml');
  writeFileSync(recorded, configYaml(resolved));
  expect((await loadPipeline({ file, params: recorded })).params).toEqual(resolved);
});

describe('the tree', () => {
  const tree = { a: { b: 1, c: { d: [2] } }, e: {}, f: null };

  test('by dotted name', () => {
    expect(paramAt(tree, 'a.c')).toEqual({ d: [2] });
    expect(paramAt(tree, 'f')).toBeNull();
    expect(paramAt(tree, 'a.x')).toBeUndefined();
    expect(paramAt(tree, 'toString')).toBeUndefined();
  });

  test('flat: lists and empty maps are leaves', () => {
    expect(flatten(tree)).toEqual({ 'a.b': 1, 'a.c.d': [2], e: {}, f: null });
  });

  test('only the named part, also where one name is within another', () => {
    expect(pickParams(tree, ['a.c', 'f', 'x'])).toEqual({ a: { c: { d: [2] } }, f: null });
    expect(pickParams(tree, ['a.b', 'a'])).toEqual({ a: tree.a });
  });
});
