import { describe, expect, test } from 'vitest';
import { parseRatings, type RatingsFormat } from '../../../stages/datasets/parse-ratings.ts';

const format: RatingsFormat = { separator: 'auto', header: 'auto', columns: ['user', 'item', 'rating', 'timestamp'] };
const parse = (text: string, change: Partial<RatingsFormat> = {}) =>
  parseRatings(text, 'ratings', { ...format, ...change });
const one = { user: 'u1', item: 'i 7', rating: 3.5, timestamp: '99' };

describe('takes', () => {
  test.each([
    ['tabs', 'u1\ti 7\t3.5\t99'],
    ['colons', 'u1::i 7::3.5::99'],
    ['commas', 'u1,i 7,3.5,99'],
    ['semicolons', 'u1;i 7;3.5;99'],
    ['quotes', '"u1","i 7","3.5","99"'],
    ['a header', 'userId,movieId,rating,timestamp\nu1,i 7,3.5,99'],
    ['CRLF, blank lines and a byte order mark', '\uFEFF\r\nu1,i 7,3.5,99\r\n\r\n'],
    ['blanks around fields', 'u1, i 7, 3.5, 99'],
    ['further columns', 'u1,i 7,3.5,99,and more'],
    ['line ends of old Macs', 'u,i,r,t\ru1,i 7,3.5,99\r'],
    ['quotes around fields of blanks', 'u1 "i 7" 3.5 99'],
    ['quotes among tabs', '"u1"\ti 7\t"3.5"\t99'],
    ['quotes among colons', 'u1::"i 7"::3.5::"99"'],
  ])('%s', (_name, text) => {
    expect(parse(text)).toEqual([one]);
  });

  test('separators and quotes inside quotes, as RFC 4180 has them', () => {
    const ids = (text: string) => parse(text).map(({ user, item }) => [user, item]);
    expect(ids('"Doe, Jane","say ""hi""",4,1')).toEqual([['Doe, Jane', 'say "hi"']]);
    expect(ids('"a,b";"c::d";5;1')).toEqual([['a,b', 'c::d']]);
    expect(ids('"a ""x"" , ""y""" , "b" , 5, 1')).toEqual([['a "x" , "y"', 'b']]);
    expect(ids('12" single,"Heroes" (live),5,1')).toEqual([['12" single', '"Heroes" (live)']]);
    expect(ids('u,i,5,"1, or so"')).toEqual([['u', 'i']]);
  });
  test('half stars, play counts, negative ratings, ids that are no numbers or far apart', () => {
    const text = '1,x,0.5,1\n1000000007,y,1234,1\nuser-3,z,-1e1,1\n00012,z,+4,1';
    expect(parse(text).map(({ user, rating }) => [user, rating])).toEqual([
      ['1', 0.5],
      ['1000000007', 1234],
      ['user-3', -10],
      ['00012', 4],
    ]);
  });
  test('timestamps missing in the file, or in some lines', () => {
    const times = (text: string) => parse(text).map(({ timestamp }) => timestamp);
    expect(times('1,2,3\n1,3,3')).toEqual(['', '']);
    expect(times('1,2,3,77\n1,3,3\n1,4,3,')).toEqual(['77', '', '']);
    expect(times('1,2,3\n1,3,3,77')).toEqual(['', '77']);
  });
  test('blanks, and files without timestamps', () => {
    expect(parse('0 12 3.0\n1  4\t5', { columns: ['user', 'item', 'rating'] })).toEqual(
      [
        { user: '0', item: '12', rating: 3, timestamp: '' },
        { user: '1', item: '4', rating: 5, timestamp: '' },
      ].slice(0, 2),
    );
  });
  test('columns in any order, and some to skip', () => {
    const columns = ['timestamp', '-', 'item', 'user', 'rating'] as const;
    expect(parse('99,x,i 7,u1,3.5', { columns })).toEqual([one]);
  });
  test('plays without ratings: each counts 1', () => {
    const text = 'user,item\nu1,a\nu2,b';
    expect(parse(text, { columns: ['user', 'item'], header: 'yes' }).map(({ rating }) => rating)).toEqual([1, 1]);
  });
});

describe('refuses', () => {
  test('bad lines, with their numbers as an editor counts them', () => {
    const text = 'user,item,rating,timestamp\n1,2,3,4\n\n1,2,many,4\n1,2\n,2,3,4\n1,,3,4\n1,2,,4\n1,2,Infinity,4';
    expect(() => parse(text)).toThrowError(
      [
        'ratings: 6 bad lines',
        '  line 4: the rating is not a number: "1,2,many,4"',
        '  line 5: 2 columns where the first line has 4: "1,2"',
        '  line 6: no user: ",2,3,4"',
        '  line 7: no item: "1,,3,4"',
        '  line 8: the rating is not a number: "1,2,,4"',
        '  line 9: the rating is not a number: "1,2,Infinity,4"',
      ].join('\n'),
    );
  });
  test('a quote that is not closed, wherever it is', () => {
    expect(() => parse('1,"2,3,4\n1,2,3,4')).toThrowError('line 1: a quote is not closed on its line: "1,\\"2,3,4"');
    expect(() => parse('1,2,3,4\n"1,2,3,4')).toThrowError('ratings: 1 bad line\n  line 2: a quote is not closed');
  });
  test('columns beyond those of the first line and of the format', () => {
    expect(() => parse('1,2,3\n1,2,3,4,5')).toThrowError('line 2: 5 columns where the first line has 3');
  });
  test('ten of them are shown, and how many there are', () => {
    const text = ['1,2,3,4', ...Array.from({ length: 25 }, () => 'x')].join('\n');
    expect(() => parse(text)).toThrowError(/25 bad lines\n(.*\n){10} {2}and 15 more$/);
  });
  test('an id with a tab in it', () => {
    expect(() => parse('"a\tb",2,3,4', { separator: 'comma' })).toThrowError('line 1: an id holds a tab');
  });
  test('a first line that is no header, as it holds numbers', () => {
    expect(() => parse('1,2,x,4\n1,3,3,4')).toThrowError('line 1: the rating is not a number: "1,2,x,4"');
  });
  test.each([
    ['movieId,userId,rating,timestamp\n1,2,3,4', '"movieId" would be read as user', '[item, user, rating, timestamp]'],
    ['user_id,Item ID,timestamp\n1,2,88', '"timestamp" would be read as rating', '[user, item, timestamp]'],
    ['user,song,plays,timestamp,rating\na,b,1,2,3', undefined, ''],
  ])('a header that says otherwise: %j', (text, wrong, columns) => {
    if (wrong === undefined) expect(parse(text)).toHaveLength(1);
    else
      expect(() => parse(text)).toThrowError(
        `ratings:1: the column ${wrong}. Say what the columns hold: data.format.columns: ${columns}`,
      );
  });
  test('another separator than there is', () => {
    expect(() => parse('1\t2\t3\n1\t3\t3', { separator: 'comma' })).toThrowError(
      'Separated by ",", the first line has 1 of the columns that data.format.columns names: data.format.separator may be another',
    );
    expect(() => parse('1;2;4,5\n1;3;3,5')).toThrowError('Separated by ",", the first line has 2 of the columns');
  });
  test('a file without ratings', () => {
    expect(() => parse('')).toThrowError('ratings holds no ratings');
    expect(() => parse('user,item,rating,timestamp\n')).toThrowError('ratings holds no ratings');
  });
  test('columns that do not name the user or the item, or a separator it does not know', () => {
    expect(() => parse('1,2', { columns: ['user', 'rating'] })).toThrowError('names no item');
    expect(() => parse('1,2,3', { columns: ['user', 'item', '-', '-', 'user'] })).toThrowError('names user twice');
    expect(() => parse('1,2', { columns: ['userId' as 'user'] })).toThrowError('there is no "userId"');
    expect(() => parse('1,2,3', { separator: 'pipe' as 'tab' })).toThrowError('data.format.separator');
    expect(() => parse('1,2,3', { header: 'maybe' as 'yes' })).toThrowError('data.format.header');
  });
});
