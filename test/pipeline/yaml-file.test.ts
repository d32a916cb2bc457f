/** YAML as values with places; whatever the file holds, the answer is a value or a mistake of the user's. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { parseYaml, readYaml } from '../../src/pipeline/yaml-file.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'retrial-yaml-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** `line:column message` of each mistake. */
async function mistakes(read: () => unknown): Promise<string[]> {
  try {
    await read();
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.diagnostics.map(({ place, message }) => `${place?.line}:${place?.column} ${message}`);
  }
}

test('YAML 1.2: 1e-7 is a number, yes a text', () => {
  expect(parseYaml('x', 'a: 1e-7\nb: yes\nc: 0x10\nd: 012\ne: ~\nf: 1_000\n').value).toEqual({
    ...{ a: 1e-7, b: 'yes', c: 16, d: 12, e: null, f: '1_000' },
  });
});

describe('places', () => {
  const file = parseYaml('x', 'a: &one\n  b: [1, "two"]\n  c: 0.0\nd: *one\n');

  test('of values and of keys', () => {
    expect(file.place(['a', 'b', 1])).toMatchObject({ line: 2, column: 10, length: 5 });
    expect(file.keyPlace(['a', 'b'])).toMatchObject({ line: 2, column: 3, length: 1 });
  });

  test('of what is not there: the nearest above', () => {
    expect(file.place(['a', 'c', 'e', 'f'])).toMatchObject({ line: 3, column: 6 });
  });

  test('behind an alias', () => {
    expect(file.place(['d'])).toMatchObject({ line: 4, column: 4 });
    expect(file.place(['d', 'b', 0])).toMatchObject({ line: 2, column: 7 });
    expect(file.written(['d', 'c'])).toBe('0.0');
  });
});

test.each([
  ['two documents', 'a: 1\n---\nb: 2\n', ['2:1 the file holds more than one document']],
  [
    'duplicate keys',
    'a: {b: 1, b: 2}\n1: x\n"1": y\n',
    ['1:11 the key "b" is there twice', '3:1 the key "1" is there twice'],
  ],
  ['keys of the language', 'a: {constructor: 1}\n', ['1:5 "constructor" cannot be a key']],
  [
    'keys that are no names',
    '? [a]\n: 1\n? \n: 2\n',
    ['1:3 a key must be a plain name', '3:3 a key must be a plain name'],
  ],
  ['tabs', 'a:\n\tb: 1\n', ['2:1 Tabs are not allowed as indentation']],
  [
    'tags',
    'a: !!binary aGk=\nb: !x 1\n',
    ['1:13 tags have no meaning here: !!binary', '2:7 tags have no meaning here: !x'],
  ],
  ['a NUL', 'a: "\\0"\n', ['1:4 a text cannot hold a NUL']],
  ['half a character', 'a: "\\uD800"\n', ['1:4 this text is no Unicode: it holds half of a character']],
  ['what holds itself', 'a: &a { b: *a }\n', ['1:12 this stands inside what it names']],
  ['an alias of nothing', 'a: *x\n', ['1:4 the alias *x stands for nothing that is named here']],
  ['YAML 1.1', '%YAML 1.1\n---\na: yes\n', ['1:1 this says it is YAML 1.1, which reads yes as true and 1:30 as 90']],
  ['depth', `${'['.repeat(150)}${']'.repeat(150)}`, ['1:101 this is nested too deeply']],
])('%s', async (_what, text, said) => {
  expect(await mistakes(() => parseYaml('x', text))).toEqual(said);
});

test('depth beyond the stack, wherever that ends', async () => {
  expect(await mistakes(() => parseYaml('x', '['.repeat(20_000)))).toEqual([
    expect.stringMatching(/^1:\d+ this is nested too deeply$/),
  ]);
});

describe('files', () => {
  test('that are not there, or no files', async () => {
    const root = folder();
    expect(await mistakes(() => readYaml(join(root, 'none.yaml')))).toEqual([
      `undefined:undefined ${join(root, 'none.yaml')} does not exist`,
    ]);
    expect(await mistakes(() => readYaml(root))).toEqual([`undefined:undefined ${root} is a folder`]);
  });

  test('that are not UTF-8: the first wrong byte', async () => {
    const file = join(folder(), 'latin1.yaml');
    writeFileSync(file, Buffer.from('a: 1\nb: caf\xe9 au lait\n', 'latin1'));
    expect(await mistakes(() => readYaml(file))).toEqual(['2:7 this is not UTF-8 text']);
  });

  test('with a byte order mark, and with a replacement character of their own', async () => {
    const file = join(folder(), 'bom.yaml');
    writeFileSync(file, '\ufeffa: "\ufffd"\n');
    const { value, place } = await readYaml(file);
    expect(value).toEqual({ a: '\ufffd' });
    expect(place(['a'])).toMatchObject({ line: 1, column: 4 });
  });
});

test('any text is a value or a mistake, and a value can be written as JSON', () => {
  const pieces = [
    'a',
    'b: ',
    '- ',
    '? ',
    ': ',
    '[',
    ']',
    '{',
    '}',
    ',',
    '\n',
    '  ',
    '\t',
    '&x ',
    '*x',
    '!!str ',
    '"',
    "'",
  ];
  const more = [
    '|',
    '>',
    '#',
    '---\n',
    '...\n',
    '%YAML 1.1\n',
    '<<: ',
    '\\',
    '~',
    '.nan',
    '1e999',
    '__proto__: ',
    '\0',
    '😀',
  ];
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.array(fc.constantFrom(...pieces, ...more), { maxLength: 25 }).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.asyncProperty(text, async (source) => {
      const said = await mistakes(() => JSON.stringify(parseYaml('x', source).value));
      for (const one of said) expect(one).toMatch(/^[1-9]\d*:[1-9]\d* \S/);
    }),
    { numRuns: 1500 },
  );
});
