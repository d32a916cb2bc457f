import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csv } from '../../src/logging/delimited.ts';
import { delimitedRows } from '../../src/report/delimited-rows.ts';
import { previewOf } from '../../src/report/preview.ts';
import { mostImageBytes } from '../../src/report/preview-limits.ts';

const shown = (name: string, text: string | Buffer, isWhole = true) => previewOf(name, Buffer.from(text), isWhole);

describe('rows of delimited text', () => {
  test('are what was written, whatever is in the fields', () => {
    const field = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', ' ', 'é') });
    const table = fc.array(fc.array(field, { minLength: 2, maxLength: 2 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(table, ([titles = [], ...rows]) => {
        expect(delimitedRows(csv(titles, rows), ',', 100)).toEqual([titles, ...rows]);
      }),
    );
  });

  test('end where enough are read, also in the middle of a field, and know Windows line ends and byte order marks', () => {
    expect(delimitedRows('\ufeffa\tb\r\n1\t2\r\n\r\n3\t4', '\t', 9)).toEqual([
      ['a', 'b'],
      ['1', '2'],
      ['3', '4'],
    ]);
    expect(delimitedRows('a,b\n1,2\n3,4\n', ',', 2)).toEqual([
      ['a', 'b'],
      ['1', '2'],
    ]);
    expect(delimitedRows('a,"b', ',', 2)).toEqual([['a', 'b']]);
  });
});

describe('a preview', () => {
  test('of a table is its first ten rows, and says whether that is all', () => {
    const text = csv(
      ['x', 'y'],
      Array.from({ length: 30 }, (_, at) => [at, 'z'.repeat(200)]),
    );
    const preview = shown('points.CSV', text);
    if (preview?.kind !== 'table') throw new Error('it is a table');
    expect([preview.rows.length, preview.isWhole, preview.rows[1]?.[1]?.length]).toEqual([11, false, 80]);
    expect(shown('a.tsv', 'x\ty\n1\t2\n')).toEqual({
      ...{ kind: 'table', isWhole: true },
      rows: [
        ['x', 'y'],
        ['1', '2'],
      ],
    });
  });

  test('of a text is its head, with nothing in it that is not to be seen', () => {
    expect(shown('notes', 'a\u001b[31mb\u202e\n')).toEqual({ kind: 'text', text: 'ab\ufffd', isWhole: true });
    expect(shown('long.json', `${'x\n'.repeat(100)}`)).toMatchObject({ isWhole: false });
    expect(shown('one-line.json', 'x'.repeat(9000))).toMatchObject({ text: 'x'.repeat(4000), isWhole: false });
  });

  test('that is cut in the middle of a character is a text still; other bytes are none', () => {
    expect(shown('a.txt', Buffer.from('aé').subarray(0, 2), false)).toMatchObject({ kind: 'text', text: 'a' });
    expect(shown('a.txt', Buffer.from([0x61, 0xff]))).toBeUndefined();
    expect(shown('a.bin', Buffer.from([0x61, 0x00]))).toBeUndefined();
  });

  test('of an image is a data URL of its own type, unless it is too large or not whole', () => {
    expect(shown('a.svg', '<svg/>')).toEqual({
      kind: 'image',
      source: `data:image/svg+xml;base64,${Buffer.from('<svg/>').toString('base64')}`,
    });
    expect(shown('a.png', Buffer.alloc(mostImageBytes + 1))).toBeUndefined();
    expect(shown('a.png', 'x', false)).toBeUndefined();
    expect(shown('a.constructor', 'x')).toMatchObject({ kind: 'text' });
  });
});
