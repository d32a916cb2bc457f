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
  test('a header above plays without ratings where its names are familiar, and no pair of ids for one', () => {
    const users = (text: string) => parse(text, { columns: ['user', 'item'] }).map(({ user }) => user);
    expect(users('userId,movie_id\nu1,a')).toEqual(['u1']);
    expect(users('Artist;User name\na;b').length).toBe(2);
    expect(users('user,a\nu1,b')).toEqual(['user', 'u1']);
  });
  test('a header that has the columns as they are, with names of any kind', () => {
    for (const header of [
      'user_id,item_id,rating,timestamp',
      'User,Artist,Plays,Date',
      'who,what,how much,when',
      'a,b,c',
    ])
      expect(parse(`${header}\nu1,i 7,3.5${header === 'a,b,c' ? '' : ',99'}`).length).toBe(1);
  });
});

describe('refuses', () => {
  test('bad lines, with their numbers as an editor counts them', () => {
    const text = 'user,item,rating,timestamp\n1,2,3,4\n\n1,2,many,4\n1,2\n,2,3,4\n1,,3,4\n1,2,,4\n1,2,Infinity,4';
    expect(() => parse(text)).toThrowError(
      [
        'ratings: 6 of 7 lines are no ratings: mend them, or say with data.format how the file is written',
        '  ratings:4: the rating is not a number: "1,2,many,4"',
        '  ratings:5: 2 columns where the first line has 4: "1,2"',
        '  ratings:6: no user: ",2,3,4"',
        '  ratings:7: no item: "1,,3,4"',
        '  ratings:8: the rating is not a number: "1,2,,4"',
        '  ratings:9: the rating is not a number: "1,2,Infinity,4"',
      ].join('\n'),
    );
  });
  test('a quote that is not closed, wherever it is', () => {
    expect(() => parse('1,"2,3,4\n1,2,3,4')).toThrowError('ratings:1: a quote is not closed on its line: "1,\\"2,3,4"');
    expect(() => parse('1,2,3,4\n"1,2,3,4')).toThrowError(
      /1 of 2 lines is no rating: mend it, .*\n {2}ratings:2: a quote is not closed/,
    );
  });
  test('columns beyond those of the first line and of the format', () => {
    expect(() => parse('1,2,3\n1,2,3,4,5')).toThrowError('ratings:2: 5 columns where the first line has 3');
  });
  test('columns beyond those of a header: decimal commas, row names', () => {
    expect(() => parse('user,item,rating\n1,2,3,5')).toThrowError('ratings:2: 4 columns where the first line has 3');
    expect(() => parse('"user" "item" "rating"\n"1" "10" "20" 3')).toThrowError('ratings:2: 4 columns');
  });
  test('so many of them are shown that the end of a log holds the whole message', () => {
    const text = ['1,2,3,4', ...Array.from({ length: 25 }, () => 'x')].join('\n');
    expect(() => parse(text)).toThrowError(
      /^ratings: 25 of 26 lines .*\n( {2}ratings:\d+: 1 column where.*\n){8} {2}and 17 more$/,
    );
  });
  test('too few columns for the format, by the first line', () => {
    expect(() => parse('\nuser,item\n1,2')).toThrowError(
      'ratings:2: 2 columns, and data.format.columns is [user, item, rating, timestamp]: "user item"\n' +
        'Say how columns are separated with data.format.separator, or what they hold; where there are no ratings, data.format.columns: [user, item].',
    );
    expect(() => parse('1\t2\t3', { separator: 'comma' })).toThrowError('ratings:1: 1 column, and');
  });
  test.each([
    ['movieId,userId,rating\n1,2,3', '[item, user, rating]'],
    ['userId,movieId,timestamp,rating\n1,2,99,3', '[user, item, timestamp, rating]'],
    [',user_id,item_id,score\n0,1,2,3', '[-, user, item, rating]'],
    ['User,Title,Movie,Stars,Date\n1,x,2,3,99', '[user, -, item, rating, timestamp]'],
  ])('a header that says otherwise than the columns by default: %j', (text, columns) => {
    expect(() => parse(text)).toThrowError(`it seems data.format.columns: ${columns}; or take the header away`);
    const chosen = columns.slice(1, -1).split(', ') as RatingsFormat['columns'];
    expect(parse(text, { columns: chosen })[0]).toMatchObject({
      user: text.startsWith('movie') ? '2' : '1',
      rating: 3,
    });
  });
  test('an id with a tab in it', () => {
    expect(() => parse('"a\tb",2,3,4', { separator: 'comma' })).toThrowError('ratings:1: an id holds a tab');
  });
  test('a file without ratings', () => {
    expect(() => parse('')).toThrowError('ratings holds no ratings');
    expect(() => parse('user,item,rating,timestamp\n')).toThrowError('ratings holds no ratings');
  });
  test('columns that do not name the user or the item, or a separator it does not know', () => {
    expect(() => parse('1,2', { columns: ['user', 'rating'] })).toThrowError('names no item');
    expect(() => parse('1,2', { columns: ['userId' as 'user'] })).toThrowError('there is no "userId"');
    expect(() => parse('1,2,3', { separator: 'pipe' as 'tab' })).toThrowError('data.format.separator');
    expect(() => parse('1,2,3', { header: 'maybe' as 'yes' })).toThrowError('data.format.header');
  });
});
