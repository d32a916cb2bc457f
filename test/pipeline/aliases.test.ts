/** Params that were renamed, and params that name files. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { formatDiagnostics } from '../../src/logging/diagnostics.ts';
import { readAliases, renamed, renameParams } from '../../src/pipeline/aliases.ts';
import { configYaml } from '../../src/pipeline/config-text.ts';
import { type LoadOptions, loadPipeline } from '../../src/pipeline/load.ts';
import { flatten } from '../../src/pipeline/param-tree.ts';

const params = `$types: { data.path: file, data.other: file }
data: { path: one.csv, other: null }
model: { rate: 0.5, size: 4 }
`;
const pipeline = (aliases: string) =>
  `version: 1\nparams: params.yaml\naliases: ${aliases}\nstages:\n  a: { cmd: x, params: [data, model] }\n`;
const aliases = { lr: 'model.rate', train: 'model', 'source.file': 'data.path' };
const aliasesText = JSON.stringify(aliases);

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'retrial-aliases-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

async function load(text: string, more: Omit<LoadOptions, 'file'> & { overlay?: string } = {}) {
  const { overlay, ...options } = more;
  const files = {
    'pipeline.yaml': text,
    'params.yaml': params,
    ...(overlay === undefined ? {} : { 'o.yaml': overlay }),
  };
  const folder = folderWith(files);
  const overlays = overlay === undefined ? [] : [join(folder, 'o.yaml')];
  const show = (error: UserError['diagnostics']) => formatDiagnostics(error, { color: false, cwd: folder });
  try {
    const loaded = await loadPipeline({ file: join(folder, 'pipeline.yaml'), overlays, ...options });
    return { loaded, said: show(loaded.warnings) };
  } catch (error) {
    if (error instanceof UserError) return { said: show(error.diagnostics) };
    throw error;
  }
}

describe('renaming a tree', () => {
  test.each([
    ['a leaf', { lr: 1 }, { model: { rate: 1 } }],
    ['a map', { train: { rate: 1, size: 2 } }, { model: { rate: 1, size: 2 } }],
    ['out of a map that holds nothing else', { source: { file: 'x' }, a: 1 }, { data: { path: 'x' }, a: 1 }],
    ['out of a map that holds more', { source: { file: 'x', b: 1 } }, { source: { b: 1 }, data: { path: 'x' } }],
    ['where today’s is there too', { lr: 1, model: { rate: 2 } }, { model: { rate: 2 } }],
    ['nothing', { model: { rate: 2 } }, { model: { rate: 2 } }],
  ])('%s', (_what, before, after) => {
    expect(renameParams(before, aliases)).toEqual(after);
  });

  test('keeps every other leaf, whatever the tree, and a second time changes nothing', () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd');
    const leaf = fc.oneof(fc.integer(), fc.constant(null), fc.array(fc.integer(), { maxLength: 2 }));
    const { tree } = fc.letrec((tie) => ({
      tree: fc.dictionary(key, fc.oneof({ maxDepth: 2 }, leaf, tie('tree')), { minKeys: 1, maxKeys: 3 }),
    }));
    fc.assert(
      fc.property(tree, (before) => {
        const after = renameParams(before as never, { 'a.b': 'e', c: 'd.f' });
        const renamedOnce = (name: string) => name !== 'c' && !`${name}.`.startsWith('a.b.') && !name.startsWith('c.');
        const kept = Object.entries(flatten(before as never)).filter(([name]) => renamedOnce(name) && name !== 'd');
        expect(flatten(after)).toMatchObject(Object.fromEntries(kept));
        expect(renameParams(after, { 'a.b': 'e', c: 'd.f' })).toEqual(after);
      }),
    );
  });

  test('names', () => {
    expect(['lr', 'train.x', 'trainer', 'source'].map((name) => renamed(name, aliases))).toEqual([
      ...['model.rate', 'model.x', 'trainer', 'source'],
    ]);
  });
});

test('aliases for readers: what is there, none of a file that is missing or damaged', async () => {
  const files = {
    'a.yaml': 'stages: 3\naliases: { a: b, c: [1] }\n',
    'b.yaml': 'aliases: {{',
    'c.yaml': 'aliases: x\n',
  };
  const folder = folderWith(files);
  const read = ['a.yaml', 'b.yaml', 'c.yaml', 'd.yaml'].map((name) => readAliases(join(folder, name)));
  expect(await Promise.all(read)).toEqual([{ a: 'b' }, {}, {}, {}]);
});

describe('a former name', () => {
  test('in an overlay, `--set` and values sets today’s, with a warning', async () => {
    const { loaded, said } = await load(pipeline(aliasesText), {
      overlay: 'lr: 0.25\nsource: { file: two.csv }\n',
      set: ['train.size=9', 'lr=0.125'],
      values: { 'train.size': 8 },
    });
    expect(loaded?.params).toEqual({ data: { path: 'two.csv', other: null }, model: { rate: 0.125, size: 8 } });
    expect(said).toMatchInlineSnapshot(`
      "o.yaml:1:1 warning: lr is called model.rate now
        1 | lr: 0.25
          | ^^
      o.yaml:2:11 warning: source.file is called data.path now
        1 | lr: 0.25
        2 | source: { file: two.csv }
          |           ^^^^
      --set warning: train is called model now
        1 | train.size=9
          | ^^^^^^^^^^
      --set warning: lr is called model.rate now
        1 | lr=0.125
          | ^^
      warning: train is called model now"
    `);
  });

  test.each([
    ['a value of another type, where it is written', { overlay: 'lr: fast\n' }],
    ['an unknown name below it', { set: ['train.sise=9'] }],
    ['both names', { overlay: 'lr: 1\nmodel: { rate: 2 }\n' }],
  ])('%s is a mistake', async (_what, more) => {
    const { loaded, said } = await load(pipeline(aliasesText), more);
    expect(loaded).toBeUndefined();
    expect(said).toMatchSnapshot();
  });

  test.each([
    ['of a param there is', '{ model.rate: model.size }'],
    ['of no param', '{ old: model.sise }'],
    ['of a number', '{ old: 3 }'],
  ])('%s is a mistake', async (_what, text) => {
    expect((await load(pipeline(text))).said).toMatchSnapshot();
  });
});

describe('a param that names a file', () => {
  test('is listed with the place of its value, as long as there is one', async () => {
    const fileParams = async (more: Parameters<typeof load>[1]) =>
      (await load(pipeline(aliasesText), more)).loaded?.fileParams.map(({ key, path, place }) => [
        ...[key, path, place.file.split('/').at(-1), place.line, place.column],
      ]);
    expect(await fileParams({})).toEqual([['data.path', 'one.csv', 'params.yaml', 2, 15]]);
    expect(await fileParams({ overlay: '\ndata: { path: two.csv }' })).toEqual([
      ['data.path', 'two.csv', 'o.yaml', 2, 15],
    ]);
    expect(await fileParams({ overlay: 'source: { file: a }' })).toEqual([['data.path', 'a', 'o.yaml', 1, 17]]);
    expect(await fileParams({ set: ['data.path=', 'data.other=b'] })).toEqual([['data.other', 'b', '--set', 1, 1]]);
    expect(await fileParams({ set: ['data={path: c}'] })).toEqual([['data.path', 'c', '--set', 1, 1]]);
  });

  test('is a text, and its kind is part of a recorded config', async () => {
    expect((await load(pipeline('{}'), { set: ['data.path=3'] })).said).toContain(
      'data.path must be the path of a file, not an integer (3)',
    );
    const { loaded } = await load(pipeline('{}'));
    const recorded = configYaml(loaded?.params ?? {}, ['data.path']);
    const folder = folderWith({ 'pipeline.yaml': pipeline('{}'), 'config.yaml': recorded, 'params.yaml': params });
    const options = { file: join(folder, 'pipeline.yaml') };
    const alone = await loadPipeline({ ...options, params: join(folder, 'config.yaml') });
    const over = await loadPipeline({ ...options, overlays: [join(folder, 'config.yaml')] });
    for (const again of [alone, over])
      expect([again.params, again.fileParams.map(({ key }) => key)]).toEqual([loaded?.params, ['data.path']]);
  });

  test('has its name in the key to itself', async () => {
    const { said } = await load(pipeline('{}').replace('cmd: x', 'cmd: x, deps: [params.data.path]'));
    expect(said).toContain('a: params.data.path is the param in a key: give the dependency a name');
  });

  test('is declared as one where params are declared, and nowhere else', async () => {
    const { said } = await load(pipeline('{}'), { overlay: '$types: { model.rate: string }\n' });
    expect(said).toContain('o.yaml:1:11 error: $types is for the file that declares the params');
  });
});
