import { expect, test } from 'vitest';
import { displayWidth, table, truncate } from '../../src/logging/table.ts';

const columns = [
  { title: 'run' },
  { title: 'note', shrinkTo: 5, dropAfter: 2 },
  { title: 'ndcg@10', align: 'right' as const },
  { title: 'tags', dropAfter: 1 },
];
const rows = [
  ['1a2b', 'a longer note', '0.25', 'x'],
  ['3c4d', '', '12', 'y'],
];

test('columns are aligned, and as wide as their cells where nobody looks', () => {
  expect(table(columns, rows).lines).toEqual([
    'run   note           ndcg@10  tags',
    '1a2b  a longer note     0.25  x',
    '3c4d                      12  y',
  ]);
});

test('what may shrink does', () => {
  const { lines, dropped } = table(columns, rows, { width: 30 });
  expect(lines).toEqual([
    'run   note       ndcg@10  tags',
    '1a2b  a longer…     0.25  x',
    '3c4d                  12  y',
  ]);
  expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(30);
  expect(dropped).toEqual([]);
});

test('what may be left out is, in its order, and named', () => {
  expect(table(columns, rows, { width: 22 })).toEqual({
    lines: ['run   note     ndcg@10', '1a2b  a long…     0.25', '3c4d                12'],
    dropped: ['tags'],
  });
  expect(table(columns, rows, { width: 14 }).dropped).toEqual(['note', 'tags']);
  expect(table(columns, rows, { width: 8 }).lines[1]).toBe('1a2b   …');
});

test('more rows than a call may have arguments', () => {
  const rows = Array.from({ length: 200_000 }, (_, at) => [String(at)]);
  expect(table([{ title: 'n' }], rows).lines.at(-1)).toBe('199999');
});

test('no rows: the titles', () => {
  expect(table(columns, []).lines).toEqual(['run  note  ndcg@10  tags']);
});

test('wide characters take two columns, escape sequences none', () => {
  expect(displayWidth('推薦')).toBe(4);
  expect(displayWidth('\x1b[32mok\x1b[39m')).toBe(2);
  expect(displayWidth('é👍')).toBe(3);
  expect(truncate('推薦システム', 6)).toBe('推薦…');
  expect(truncate('\x1b[32mlong text\x1b[39m', 5)).toBe('long…');
  expect(truncate('abc', 0)).toBe('');
});
