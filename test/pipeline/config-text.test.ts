/** The recorded config is read by Retrial, and by Python, as the values it was written from. */
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { configYaml } from '../../src/pipeline/config-text.ts';
import type { JsonValue, ParamTree } from '../../src/pipeline/types.ts';
import { parseYaml } from '../../src/pipeline/yaml-file.ts';

/** What one reader of YAML takes for another type, a comment, an alias, a line end or nothing at all. */
const awkward = [
  ...['yes', 'NO', 'on', 'y', '~', 'null', '', '010', '0o7', '0x1f', '1_000', '12:30', '190:20:30', '1e-7', '.nan'],
  ...['2020-01-01', '2001-12-14t21:59:43.10-05:00', '<<', '=', '# a', 'a: b', '- x', '!x', '&a', '*a', '%x', '@x'],
  ...['---', '...', ' x ', 'a\tb', '\n', 'a\r\nb', 'x\n 1e5\ny 2e-7', 'é\u2028x', '\u0085', '\ufeff', '😀', '"', "'"],
];
const key = fc.stringMatching(/^[a-z_$-][a-z0-9_$-]{0,7}$/).filter((name) => !(name in {}) && name !== 'prototype');
const unfit = /[\0\ufffe\uffff]/;
const texts = fc.string({ unit: 'binary', maxLength: 12 }).filter((text) => text.isWellFormed() && !unfit.test(text));
const leaf = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0),
  fc.maxSafeInteger(),
  fc.constantFrom(1e-7, 1e21, -3e-9, 5e-324, Number.MAX_VALUE),
  fc.constantFrom(...awkward),
  texts,
  fc.boolean(),
  fc.constant(null),
);
const tree: fc.Arbitrary<ParamTree> = fc.dictionary(
  key,
  fc.oneof(leaf, fc.array(leaf, { maxLength: 3 }), fc.dictionary(key, leaf, { maxKeys: 3 })),
  { maxKeys: 6 },
);

const read = (yaml: string): JsonValue => parseYaml('config.yaml', yaml).value ?? {};

test('any params come back', () => {
  fc.assert(
    fc.property(tree, (params) => {
      expect(read(configYaml(params))).toStrictEqual(JSON.parse(JSON.stringify(params)));
    }),
    { numRuns: 500 },
  );
});

test('a number inside a text is not written differently', () => {
  const params = { text: 'loss:\n at step 1e5\nthen 2e-7' };
  expect(read(configYaml(params))).toEqual(params);
});

test('what it looks like', () => {
  expect(configYaml({ seed: 1, model: { rate: 1e-7, sizes: [8, 1e21], path: null }, name: 'yes', empty: {} })).toBe(
    `empty: {}
model:
  path: null
  rate: 1.0e-7
  sizes:
    - 8
    - 1.0e+21
name: "yes"
seed: 1
`,
  );
});

const python = spawnSync('python3', ['-c', 'import yaml']);
describe.skipIf(python.status !== 0)('Python (skipped where python3 has no PyYAML)', () => {
  test('reads the same', () => {
    const samples = [...fc.sample(tree, 200), Object.fromEntries(awkward.map((text, at) => [`k${at}`, text]))];
    const program = 'import json, sys, yaml\nprint(json.dumps([yaml.safe_load(t) for t in json.load(sys.stdin)]))';
    const { stdout, stderr } = spawnSync('python3', ['-c', program], {
      input: JSON.stringify(samples.map((sample) => configYaml(sample))),
    });
    expect(stderr.toString()).toBe('');
    expect(JSON.parse(stdout.toString())).toEqual(JSON.parse(JSON.stringify(samples)));
  });
});
