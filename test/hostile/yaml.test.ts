/** YAML made to harm: bombs, depths, sizes, keys of the language, files that never end. */
import { execFileSync } from 'node:child_process';
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { type LoadOptions, loadPipeline } from '../../src/pipeline/load.ts';
import type { Pipeline } from '../../src/pipeline/types.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const pipeline = 'version: 1\nparams: params.yaml\nstages:\n  a: { cmd: "true", params: [open] }\n';
const params = 'open: {}\ntext: x\n';

/** Nine aliases of nine aliases, eight times over: 43 million values in 400 bytes. */
const bomb = [
  'b0: &b0 [x, x, x, x, x, x, x, x, x]',
  ...Array.from({ length: 8 }, (_, at) => `b${at + 1}: &b${at + 1} [${Array(9).fill(`*b${at}`).join(', ')}]`),
].join('\n');

const inOne = (text: string) => `{ ${text.split('\n').join(', ')} }`;
const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);

/** The same hostile text in each of the places that YAML is read from. */
const everywhere: readonly [where: string, (text: string) => Places][] = [
  ['pipeline.yaml', (text) => ({ files: { 'pipeline.yaml': `${pipeline}x: ${text}\n` } })],
  ['params', (text) => ({ files: { 'params.yaml': `${params}x: ${text}\n` } })],
  ['an overlay', (text) => ({ files: { 'over.yaml': `open: { x: ${text} }\n` }, overlays: ['over.yaml'] })],
  ['--set', (text) => ({ files: {}, set: [`open.x=${text}`] })],
];

interface Places {
  readonly files: Readonly<Record<string, string>>;
  readonly overlays?: readonly string[];
  readonly set?: readonly string[];
}

async function load({ files, overlays = [], set = [] }: Places): Promise<Pipeline> {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries({ 'pipeline.yaml': pipeline, 'params.yaml': params, ...files }))
    writeFileSync(join(folder, name), text);
  return loadPipeline({
    file: join(folder, 'pipeline.yaml'),
    overlays: overlays.map((name) => join(folder, name)),
    set,
  });
}

/** What is said of a mistake, without the folder's name; anything else than a mistake fails the test. */
async function said(loading: Promise<unknown>): Promise<string[]> {
  const error: unknown = await loading.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof UserError)) throw error ?? new Error('it was taken');
  return error.diagnostics.map(({ message }) => message);
}

describe.each(everywhere)('in %s', (_where, at) => {
  test.each([
    ['a bomb of aliases', inOne(bomb), /^aliases \(\*name\) are used more than 100 times over$/],
    ['10,000 levels', deep(10_000), /^this is nested too deeply$/],
    ['200 levels', deep(200), /^this is nested too deeply$/],
    ['a key twice', '{ k: 1, k: 2 }', /^the key "k" is there twice$/],
    ['a key twice, written in two ways', '{ "a": 1, \'a\': 2 }', /^the key "a" is there twice$/],
    ['__proto__', '{ __proto__: { polluted: 1 } }', /^"__proto__" cannot be a key$/],
    ['__proto__ in quotes', '{ "__proto__": 1 }', /^"__proto__" cannot be a key$/],
    ['__proto__ in escapes', '{ "\\x5f_proto__": 1 }', /^"__proto__" cannot be a key$/],
    ['constructor', '{ constructor: { prototype: { polluted: 1 } } }', /^"(constructor|prototype)" cannot be a key$/],
    ['a merge key of YAML 1.1', '{ <<: { a: 1 } }', /^"<<" cannot be a key$/],
    ['a tag that runs code elsewhere', '!!js/function "function () {}"', /^tags have no meaning here/],
    ['what holds itself', '&a [ *a ]', /^this stands inside what it names$/],
  ])('%s is refused', async (_what, text, message) => {
    const mistakes = await said(load(at(text)));
    expect(mistakes.filter((one) => message.test(one))).not.toEqual([]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

test.each(everywhere.slice(1))('a number beyond all numbers in %s', async (_where, at) => {
  expect((await said(load(at('1e999'))))[0]).toMatch(/cannot be 1e999$/);
});

test('--set of a name of the language is of no param, and changes no prototype', async () => {
  for (const name of ['__proto__.x', 'constructor.prototype.x', 'open.__proto__.x', '__proto__', 'toString', 'open.'])
    expect(await said(load({ files: {}, set: [`${name}=1`] }))).toEqual([expect.stringMatching(/^unknown param "/)]);
  expect(({} as Record<string, unknown>).x).toBeUndefined();
});

test('references to names of the language name nothing', async () => {
  const stages = [
    ['${a.constructor}', 'there is no stage "a"'],
    ['${b.constructor}', 'stage b has no output "constructor"'],
    ['${toString.out}', 'there is no stage "toString"'],
    ['${b.__proto__}', 'stage b has no output "__proto__"'],
  ];
  for (const [text, message] of stages) {
    const written = `version: 1\nstages:\n  b: { cmd: "true", outs: [x] }\n  c: { cmd: "true", deps: { d: "${text}" } }\n`;
    expect((await said(load({ files: { 'pipeline.yaml': written } })))[0]).toContain(message);
  }
  const command = (text: string) =>
    `version: 1\nparams: params.yaml\nstages:\n  b: { cmd: "echo ${text}", outs: [x] }\n`;
  for (const name of [
    'params.constructor',
    'params.__proto__',
    'params.toString.name',
    'outs.toString',
    'deps.valueOf',
  ])
    expect(await said(load({ files: { 'pipeline.yaml': command(`\${${name}}`) } }))).toHaveLength(1);
});

test('paths that would name an output or a dependency by a name of the language need another name', async () => {
  const stages = (outs: string, deps: string) =>
    load({ files: { 'pipeline.yaml': `version: 1\nstages:\n  a: { cmd: "true", outs: ${outs}, deps: ${deps} }\n` } });
  expect(await said(stages('[__proto__]', '[]'))).toEqual(['a: an output cannot be named __proto__']);
  expect(await said(stages('[]', '[constructor]'))).toEqual(['a: a dependency cannot be named constructor']);
  const { outs = {}, deps = {} } = (await stages('{ a: __proto__ }', '{ d: constructor }')).stages.get('a') ?? {};
  expect([outs.a?.path, Object.keys(deps)]).toEqual(['__proto__', ['d']]);
});

describe('files that are no config', () => {
  const options = async (name: string): Promise<readonly [string, LoadOptions][]> => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'pipeline.yaml'), pipeline);
    writeFileSync(join(folder, 'params.yaml'), params);
    writeFileSync(join(folder, 'other.yaml'), pipeline.replace('params.yaml', name));
    const file = join(folder, 'pipeline.yaml');
    return [
      ['the pipeline', { file: name }],
      ['the params', { file: join(folder, 'other.yaml') }],
      ['an overlay', { file, overlays: [name] }],
    ];
  };

  test.each([
    ['an endless device', '/dev/zero', 'is no regular file'],
    ['an empty device', '/dev/null', 'is no regular file'],
    ['a device of noise', '/dev/urandom', 'is no regular file'],
    ['a pipe that nobody writes to', () => made('mkfifo', 'pipe'), 'is no regular file'],
    ['a folder', () => temporaryFolder(), 'is a folder'],
    ['a file of 50 MB', () => sized(50_000_000), 'is larger than 16 MiB'],
    ['a file of 5 GB', () => sized(5_000_000_000), 'is larger than 16 MiB'],
    ['a link in circles', () => circle(), 'is a link that leads in circles'],
  ])('%s is refused as pipeline, params or overlay', async (_what, make, message) => {
    const path = typeof make === 'string' ? make : make();
    for (const [where, load] of await options(path))
      expect([where, ...(await said(loadPipeline(load)))]).toEqual([where, `${path} ${message}`]);
  });

  test('15 MB of one line is taken, or refused in words', async () => {
    const text = `text: ${'x'.repeat(15_000_000)}\n`;
    const { params: read } = await load({ files: { 'params.yaml': `open: {}\n${text}` } });
    expect(String(read.text)).toHaveLength(15_000_000);
  });
});

function made(program: string, name: string): string {
  const path = join(temporaryFolder(), name);
  execFileSync(program, [path]);
  return path;
}

function sized(bytes: number): string {
  const path = join(temporaryFolder(), 'large.yaml');
  writeFileSync(path, '');
  truncateSync(path, bytes);
  return path;
}

function circle(): string {
  const folder = temporaryFolder();
  execFileSync('ln', ['-s', 'b', join(folder, 'a')]);
  execFileSync('ln', ['-s', 'a', join(folder, 'b')]);
  return join(folder, 'a');
}
