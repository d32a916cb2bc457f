/** Rating files as people have them: tabs, commas, `::` or blanks, with a header or without, half stars, any ids. */
import { DataError } from '../data-error.ts';
import { oneOf } from '../one-of.ts';
import { checkHeader, namesUserAndItem } from './header.ts';
import type { Rating } from './ratings.ts';
import { type Separator, separatorIn, splitFields, unclosedQuote } from './split-fields.ts';

export type Column = 'user' | 'item' | 'rating' | 'timestamp' | '-';

export interface RatingsFormat {
  /** `auto` takes the first of tab, `::`, comma, semicolon, blanks that the first line holds outside of quotes. */
  readonly separator: 'auto' | 'tab' | 'comma' | 'semicolon' | 'colons' | 'blanks';
  /** `auto`: the first line is a header where none of its fields is a number; without ratings, where its names say so. */
  readonly header: 'auto' | 'yes' | 'no';
  /**
   * What the columns hold, from the left; `-` is skipped, further columns too. Without `rating` each line counts 1. Those
   * behind user, item and rating may be missing, in the file or in single lines.
   */
  readonly columns: readonly Column[];
}

const separators: Readonly<Record<Exclude<RatingsFormat['separator'], 'auto'>, Separator>> = {
  tab: '\t',
  colons: '::',
  comma: ',',
  semicolon: ';',
  blanks: 'blanks',
};
/** With the lines before and after them as many as `retrial run` shows of the end of a failed stage's log. */
const shownBadLines = 8;

/**
 * @param name of the file, for messages.
 * @returns the ratings in the order of the file; blank lines are passed over.
 * @throws DataError that lists the first eight bad lines with their numbers, and how many there are.
 */
export function parseRatings(text: string, name: string, format: RatingsFormat): Rating[] {
  checkColumns(format.columns);
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  const firstAt = lines.findIndex((line) => line.trim() !== '');
  if (firstAt === -1) throw new DataError(`${name} holds no ratings`);
  const first = lines[firstAt] ?? '';
  const separator = oneOf('data.format.separator', format.separator, { auto: separatorIn(first), ...separators });
  const firstFields = splitFields(first, separator);
  const place = `${name}:${firstAt + 1}`;
  if (firstFields !== unclosedQuote) checkWidth(firstFields, format.columns, place);
  const skipFirst = firstFields !== unclosedQuote && hasHeader(format, firstFields);
  if (skipFirst) checkHeader(firstFields, format.columns, place);
  const width = firstFields === unclosedQuote ? 0 : firstFields.length;
  const most = skipFirst ? width : Math.max(width, format.columns.length);
  const ratings: Rating[] = [];
  const bad: string[] = [];
  lines.forEach((line, i) => {
    if (line.trim() === '' || (skipFirst && i === firstAt)) return;
    const rating = ratingOf(splitFields(line, separator), { width, most }, format.columns);
    if (typeof rating === 'string') bad.push(`  ${name}:${i + 1}: ${rating}: ${JSON.stringify(line.slice(0, 80))}`);
    else ratings.push(rating);
  });
  if (bad.length > 0) throw badLines(name, bad, bad.length + ratings.length);
  if (ratings.length === 0) throw new DataError(`${name} holds no ratings`);
  return ratings;
}

function checkColumns(columns: readonly string[]): void {
  const known = { user: true, item: true, rating: true, timestamp: true, '-': true };
  for (const column of columns) oneOf('data.format.columns', column, known);
  for (const needed of ['user', 'item'])
    if (!columns.includes(needed)) throw new DataError(`data.format.columns names no ${needed}`);
}

/** How many columns a line has at least. */
function leastOf(columns: readonly Column[]): number {
  return 1 + Math.max(...(['user', 'item', 'rating'] as const).map((column) => columns.indexOf(column)));
}

function checkWidth(first: readonly string[], columns: readonly Column[], place: string): void {
  if (first.length >= leastOf(columns)) return;
  const pairs = columns.includes('rating') ? '; where there are no ratings, data.format.columns: [user, item]' : '';
  throw new DataError(
    `${place}: ${counted(first.length)}, and data.format.columns is [${columns.join(', ')}]: ` +
      `${JSON.stringify(first.join(' ').slice(0, 80))}\nSay how columns are separated with data.format.separator, or what they hold${pairs}.`,
  );
}

const counted = (columns: number) => `${columns} ${columns === 1 ? 'column' : 'columns'}`;

function hasHeader({ header, columns }: RatingsFormat, first: readonly string[]): boolean {
  const at = columns.indexOf('rating');
  const auto = at === -1 ? namesUserAndItem(first, columns) : !first.some(isNumber);
  return oneOf('data.format.header', header, { auto, yes: true, no: false });
}

/** A rating, or what is wrong with the line. */
function ratingOf(
  fields: readonly string[] | typeof unclosedQuote,
  { width, most }: { readonly width: number; readonly most: number },
  columns: readonly Column[],
): Rating | string {
  if (fields === unclosedQuote) return 'a quote is not closed on its line';
  if (fields.length < leastOf(columns) || fields.length > most)
    return `${counted(fields.length)} where the first line has ${width}`;
  const field = (column: Column) => fields[columns.indexOf(column)];
  const user = field('user');
  const item = field('item');
  if (!user || !item) return `no ${user ? 'item' : 'user'}`;
  const rating = columns.includes('rating') ? field('rating') : '1';
  if (/\t/.test(user + item)) return 'an id holds a tab';
  if (!isNumber(rating)) return 'the rating is not a number';
  return { user, item, rating: Number(rating), timestamp: field('timestamp')?.replaceAll('\t', ' ') ?? '' };
}

function isNumber(text: string | undefined): text is string {
  return text !== undefined && text !== '' && Number.isFinite(Number(text));
}

function badLines(name: string, bad: readonly string[], all: number): DataError {
  const shown = bad.slice(0, shownBadLines).join('\n');
  const rest = bad.length > shownBadLines ? `\n  and ${bad.length - shownBadLines} more` : '';
  const one = bad.length === 1;
  const count = `${bad.length} of ${all} ${all === 1 ? 'line' : 'lines'} ${one ? 'is no rating' : 'are no ratings'}`;
  const todo = `mend ${one ? 'it' : 'them'}, or say with data.format how the file is written`;
  return new DataError(`${name}: ${count}: ${todo}\n${shown}${rest}`);
}
