import { expect, test } from 'vitest';
import { parseUnits } from '../../src/store/units-table.ts';

const read = (text: string) => {
  const { columns, rows } = parseUnits(text);
  return { columns, rows: Object.fromEntries([...rows].map(([unit, values]) => [unit, [...values]])) };
};

test.each([
  ['commas', 'user,a@1,b\nann,1,0.5\nbob,0,-2e3\n'],
  ['tabs', 'user\ta@1\tb\nann\t1\t0.5\nbob\t0\t-2e3'],
  ['CRLF, a mark and blank lines', '\uFEFFuser,a@1,b\r\nann,1,0.5\r\n\r\nbob,0,-2e3\r\n'],
  ['quotes', '"user","a@1","b"\n"ann","1","0.5"\n"bob",0,"-2e3"\n'],
])('%s', (_what, text) => {
  expect(read(text)).toEqual({ columns: ['a@1', 'b'], rows: { ann: [1, 0.5], bob: [0, -2000] } });
});

test('names with whatever in them; cells that are empty, missing or no number are NaN', () => {
  expect(read('u,a\n"x, ""y""\nz",1\nconstructor,\nw\nv,n/a\n').rows).toEqual({
    'x, "y"\nz': [1],
    constructor: [Number.NaN],
    w: [Number.NaN],
    v: [Number.NaN],
  });
});

test.each([
  ['', 'has no columns behind the first'],
  ['user\nann\n', 'has no columns behind the first'],
  ['user,a\nann,1\nann,2\n', 'has "ann" twice'],
  ['user,a\n"ann,1\nbob,2\n', 'has a broken quote in row 2'],
])('%j is refused', (text, message) => {
  expect(() => parseUnits(text)).toThrowError(message);
});
