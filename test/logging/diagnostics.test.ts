/** How mistakes are printed: whole outputs. */
import { describe, expect, test } from 'vitest';
import type { Diagnostic } from '../../src/errors.ts';
import { formatDiagnostics } from '../../src/logging/diagnostics.ts';

const cwd = '/project';
const source = 'version: 1\nstages:\n  a:\n    cmd: x\n';
const at = (line: number, column: number, length?: number, text = source) => ({
  ...{ file: '/project/pipeline.yaml', line, column, source: text },
  ...(length === undefined ? {} : { length }),
});
const plain = (...list: Diagnostic[]) => formatDiagnostics(list, { color: false, cwd });

test('a place, a code frame, and what to do', () => {
  const message = 'stages.a: unknown key "cmd"';
  expect(plain({ severity: 'error', message, hint: 'did you mean md?', place: at(4, 5, 3) })).toBe(
    `pipeline.yaml:4:5 error: stages.a: unknown key "cmd"
  3 |   a:
  4 |     cmd: x
    |     ^^^
  → did you mean md?`,
  );
});

test('the first line has none before it; without a length one character is meant', () => {
  expect(plain({ severity: 'warning', message: 'old', place: at(1, 10) })).toBe(
    `pipeline.yaml:1:10 warning: old
  1 | version: 1
    |          ^`,
  );
});

test('without a place, and without the source', () => {
  const { source: _, ...place } = at(2, 1);
  expect(plain({ severity: 'error', message: 'a' }, { severity: 'error', message: 'b', place })).toBe(
    'error: a\npipeline.yaml:2:1 error: b',
  );
});

test('line numbers of different lengths are aligned', () => {
  const text = Array.from({ length: 10 }, (_, index) => `k${index}: 1`).join('\n');
  expect(plain({ severity: 'error', message: 'm', place: at(10, 1, 2, text) })).toBe(
    `pipeline.yaml:10:1 error: m
   9 | k8: 1
  10 | k9: 1
     | ^^`,
  );
});

test('an argument of the command line is named as it is', () => {
  const place = { file: '--set', line: 1, column: 1, length: 2, source: 'lr=1' };
  expect(plain({ severity: 'error', message: 'unknown param "lr"', place })).toBe(
    `--set error: unknown param "lr"
  1 | lr=1
    | ^^`,
  );
});

describe('paths', () => {
  test.each([
    ['/project/configs/a.yaml', 'configs/a.yaml'],
    ['/other/a.yaml', '../other/a.yaml'],
    ['configs/a.yaml', 'configs/a.yaml'],
  ])('%s', (file, shown) => {
    expect(plain({ severity: 'error', message: 'm', place: { file, line: 1, column: 1 } })).toBe(
      `${shown}:1:1 error: m`,
    );
  });

  test('one far away is whole', () => {
    const place = { file: '/x/a.yaml', line: 1, column: 1 };
    expect(formatDiagnostics([{ severity: 'error', message: 'm', place }], { color: false, cwd: '/a/b/c/d' })).toBe(
      '/x/a.yaml:1:1 error: m',
    );
  });
});

describe('lines that would spoil the terminal', () => {
  test('Windows line ends, tabs, and escape sequences', () => {
    const text = 'a: 1\r\n\tb: \u001b[31m2\r\n';
    expect(plain({ severity: 'error', message: 'm', place: at(2, 2, 1, text) })).toBe(
      `pipeline.yaml:2:2 error: m
  1 | a: 1
  2 |  b: �[31m2
    |  ^`,
    );
  });

  test('long ones are cut, with their underline', () => {
    const text = 'x'.repeat(1000);
    const [, line = '', carets = ''] = plain({ severity: 'error', message: 'm', place: at(1, 150, 500, text) }).split(
      '\n',
    );
    expect([line.length, carets.length]).toEqual([166, 166]);
    expect(plain({ severity: 'error', message: 'm', place: at(1, 500, 1, text) }).split('\n')).toHaveLength(2);
  });
});

test('colour only where asked for', () => {
  const list: Diagnostic[] = [{ severity: 'error', message: 'm', hint: 'h', place: at(1, 1) }];
  const colored = formatDiagnostics(list, { color: true, cwd });
  expect(colored).toContain('\u001b[31merror\u001b[39m: m');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  expect(colored.replaceAll(/\u001b\[\d+m/g, '')).toBe(plain(...list));
});
