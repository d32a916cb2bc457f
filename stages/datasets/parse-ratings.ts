/** Rating files as people have them: tabs, commas, `::` or blanks, with a header or without, half stars, any ids. */
import { DataError } from '../data-error.ts';
import { oneOf } from '../one-of.ts';
import { failIfContradicted } from './header-names.ts';
import type { Rating } from './ratings.ts';
import { type Separator, separatorIn, splitFields, unclosedQuote } from './split-fields.ts';

export type Column = 'user' | 'item' | 'rating' | 'timestamp' | '-';

export interface RatingsFormat {
  /** `auto` takes the first of tab, `::`, comma, semicolon, blanks that the first line holds outside of quotes. */
  readonly separator: 'auto' | 'tab' | 'comma' | 'semicolon' | 'colons' | 'blanks';
  /** `auto`: the first line is a header where neither its rating nor any other field is a number (without ratings, never). */
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
const shownBadLines = 10;

/**
 * @param name of the file, for messages.
 * @returns the ratings in the order of the file; blank lines are passed over.
 * @throws DataError that lists the first ten bad lines with their numbers, and how many there are.
 */
export function parseRatings(text: string, name: string, format: RatingsFormat): Rating[] {
  checkColumns(format.columns);
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  const firstAt = lines.findIndex((line) => line.trim() !== '');
  if (firstAt === -1) throw new DataError(`${name} holds no ratings`);
  const first = lines[firstAt] ?? '';
  const separator = oneOf('data.format.separator', format.separator, { auto: separatorIn(first), ...separators });
  const firstFields = splitFields(first, separator);
  const width = firstFields === unclosedQuote ? 0 : firstFields.length;
  const skipFirst = firstFields !== unclosedQuote && hasHeader(format, firstFields);
  if (skipFirst) failIfContradicted(firstFields, format.columns, `${name}:${firstAt + 1}`);
  const ratings: Rating[] = [];
  const bad: string[] = [];
  lines.forEach((line, i) => {
    if (line.trim() === '' || (skipFirst && i === firstAt)) return;
    const rating = ratingOf(splitFields(line, separator), width, format.columns);
    if (typeof rating === 'string') bad.push(`  line ${i + 1}: ${rating}: ${JSON.stringify(line.slice(0, 80))}`);
    else ratings.push(rating);
  });
  if (bad.length > 0) throw badLines(name, bad, width < leastOf(format.columns) ? { width, separator } : undefined);
  if (ratings.length === 0) throw new DataError(`${name} holds no ratings`);
  return ratings;
}

function checkColumns(columns: readonly string[]): void {
  const known = { user: true, item: true, rating: true, timestamp: true, '-': true };
  for (const column of columns) oneOf('data.format.columns', column, known);
  for (const needed of ['user', 'item'])
    if (!columns.includes(needed)) throw new DataError(`data.format.columns names no ${needed}`);
  const twice = columns.find((column, i) => column !== '-' && columns.indexOf(column) < i);
  if (twice !== undefined) throw new DataError(`data.format.columns names ${twice} twice; - skips a column`);
}

function hasHeader({ header, columns }: RatingsFormat, first: readonly string[]): boolean {
  const at = columns.indexOf('rating');
  return oneOf('data.format.header', header, { auto: at !== -1 && !first.some(isNumber), yes: true, no: false });
}

/** A rating, or what is wrong with the line. */
function ratingOf(
  fields: readonly string[] | typeof unclosedQuote,
  width: number,
  columns: readonly Column[],
): Rating | string {
  if (fields === unclosedQuote) return 'a quote is not closed on its line';
  if (fields.length < Math.min(leastOf(columns), width) || fields.length > Math.max(width, columns.length))
    return `${fields.length} columns where the first line has ${width}`;
  const field = (column: Column) => fields[columns.indexOf(column)];
  const user = field('user');
  const item = field('item');
  if (!user || !item) return `no ${user ? 'item' : 'user'}`;
  const rating = columns.includes('rating') ? field('rating') : '1';
  if (/\t/.test(user + item)) return 'an id holds a tab';
  if (!isNumber(rating)) return 'the rating is not a number';
  return { user, item, rating: Number(rating), timestamp: field('timestamp')?.replaceAll('\t', ' ') ?? '' };
}

/** How many columns a line must have. */
function leastOf(columns: readonly Column[]): number {
  return 1 + Math.max(...(['user', 'item', 'rating'] as const).map((column) => columns.indexOf(column)));
}

function isNumber(text: string | undefined): text is string {
  return text !== undefined && text !== '' && Number.isFinite(Number(text));
}

/** @param narrow where the first line has fewer columns than must be: mostly it is the separator that is wrong. */
function badLines(
  name: string,
  bad: readonly string[],
  narrow: { readonly width: number; readonly separator: Separator } | undefined,
): DataError {
  const shown = bad.slice(0, shownBadLines).join('\n');
  const rest = bad.length > shownBadLines ? `\n  and ${bad.length - shownBadLines} more` : '';
  const hint =
    narrow === undefined
      ? ''
      : `\nSeparated by ${narrow.separator === 'blanks' ? 'blanks' : JSON.stringify(narrow.separator)}, the first line has ` +
        `${narrow.width} of the columns that data.format.columns names: data.format.separator may be another`;
  return new DataError(`${name}: ${bad.length} bad ${bad.length === 1 ? 'line' : 'lines'}\n${shown}${rest}${hint}`);
}
