import { expect, test } from 'vitest';
import { csv, markdown } from '../../src/logging/delimited.ts';

test('a row of CSV is a line that readers do not skip, also where its only field is empty', () => {
  expect(csv(['a'], [[null], [1], ['']])).toBe('a\n""\n1\n""\n');
  expect(csv(['a', 'b'], [[null, '']])).toBe('a,b\n,\n');
});

test('a row of Markdown is one line, whichever way lines end in its cells', () => {
  expect(markdown(['a'], [['1\r2'], ['1\n\n2'], ['1\r\n2'], ['1|2']])).toBe(
    '| a |\n| --- |\n| 1 2 |\n| 1 2 |\n| 1 2 |\n| 1\\|2 |\n',
  );
});
