import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { configYaml } from '../../src/pipeline/config-text.ts';
import { parseTemplate, renderCommand } from '../../src/pipeline/templates.ts';
import type { ParamTree } from '../../src/pipeline/types.ts';
import { parseYaml } from '../../src/pipeline/yaml-file.ts';

const shell = (line: string, params: ParamTree) => {
  const { template } = parseTemplate(line, true);
  const rendered = renderCommand({ kind: 'shell', line: template }, { params, deps: {}, outs: {} });
  return rendered.kind === 'shell' ? rendered.line : '';
};

test('a name without its kind: the hint has both that it may be', () => {
  const [mistake] = parseTemplate('fit --seed ${seed}', true).mistakes;
  expect(mistake).toMatchObject({
    message: '${seed} means nothing in a command',
    hint: 'write ${params.seed} for a param, \\${seed} for a variable of the shell',
  });
});

describe('commands', () => {
  test('any text comes through a shell as it is', () => {
    const text = fc
      .string({ unit: 'binary', maxLength: 40 })
      .filter((value) => !value.includes('\0') && value.isWellFormed());
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 20 }), (texts) => {
        const params = Object.fromEntries(texts.map((value, at) => [`p${at}`, value]));
        const words = texts.map((_, at) => `\${params.p${at}}`).join(' ');
        const { stdout } = spawnSync('sh', ['-c', shell(`printf '%s\\0' ${words}`, params)]);
        expect(stdout.toString().split('\0').slice(0, -1)).toEqual(texts);
      }),
      { numRuns: 60 },
    );
  });

  test('numbers, lists and maps are JSON, maps in canonical order', () => {
    expect(shell('x ${params.a} ${params.b} ${params.c}', { a: 1e-7, b: [1, 'x y'], c: { z: 1, a: true } })).toBe(
      `x '1e-7' '[1,"x y"]' '{"a":true,"z":1}'`,
    );
  });

  test('\\${ is a literal', () => {
    expect(shell('echo \\${HOME} $HOME', {})).toBe('echo ${HOME} $HOME');
  });
});

test('a recorded config gives the same params back', () => {
  const key = fc
    .stringMatching(/^[a-z_]{1,8}$/)
    .filter((name) => !['__proto__', 'constructor', 'prototype'].includes(name));
  const leaf = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0),
    fc.integer(),
    fc.string(),
    fc.boolean(),
    fc.array(fc.integer(), { maxLength: 3 }),
  );
  const tree = fc.dictionary(key, fc.oneof(leaf, fc.dictionary(key, leaf, { minKeys: 1, maxKeys: 3 })), {
    minKeys: 1,
    maxKeys: 5,
  });
  fc.assert(
    fc.property(tree, (params) => {
      expect(parseYaml('config.yaml', configYaml(params as ParamTree)).value).toEqual(
        JSON.parse(JSON.stringify(params)),
      );
    }),
    { numRuns: 300 },
  );
});

test('small numbers are written so that Python reads numbers', () => {
  const text = configYaml({ a: 1e-7, b: { c: [1e-9, 2] }, d: 0.5 });
  const { stdout } = spawnSync(
    'python3',
    ['-c', "import re,sys\nfor n in re.findall(r'[-\\d.]+e[-+]?\\d+', sys.stdin.read()): print(n, '.' in n)"],
    { input: text },
  );
  expect(stdout.toString()).toBe('1.0e-7 True\n1.0e-9 True\n');
});
