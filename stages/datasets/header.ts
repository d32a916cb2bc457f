/** What a header line says of the columns, where its names are familiar. */
import { DataError } from '../data-error.ts';
import type { Column } from './parse-ratings.ts';

const familiar: Readonly<Record<Exclude<Column, '-'>, readonly string[]>> = {
  user: ['user', 'customer', 'listener', 'reviewer'],
  item: ['item', 'movie', 'artist', 'track', 'song', 'book', 'product', 'business', 'game'],
  rating: ['rating', 'score', 'stars', 'plays', 'playcount', 'overall'],
  timestamp: ['timestamp', 'time', 'date', 'datetime', 'ratedat', 'createdat'],
};

/** `userId`, `user_id`, `User` are a user; undefined for what may be anything. */
function columnNamed(title: string | undefined): Exclude<Column, '-'> | undefined {
  const letters = (title ?? '').toLowerCase().replace(/[^a-z]/g, '');
  const word = letters.replace(/(id|name)$/, '');
  return (['user', 'item', 'rating', 'timestamp'] as const).find(
    (column) => familiar[column].includes(word) || familiar[column].includes(letters),
  );
}

/** Names of both the user's and the item's column are familiar: no ids look like that. */
export function namesUserAndItem(fields: readonly string[], columns: readonly Column[]): boolean {
  return (['user', 'item'] as const).every((column) => columnNamed(fields[columns.indexOf(column)]) === column);
}

/**
 * A header that says otherwise than the columns as they come by default: else users would be taken for items, or times
 * for ratings, and nobody would notice. Columns that were chosen are taken at their word.
 */
export function checkHeader(titles: readonly string[], columns: readonly Column[], place: string): void {
  if (columns.join() !== 'user,item,rating,timestamp') return;
  const says = titles.map(columnNamed);
  if (says.every((column, at) => column === undefined || at >= columns.length || column === columns[at])) return;
  const found = says.map((column, at) => (says.indexOf(column) === at ? column : undefined) ?? '-');
  const last = Math.max(...(['user', 'item', 'rating', 'timestamp'] as const).map((column) => found.indexOf(column)));
  const whole = found.includes('user') && found.includes('item');
  throw new DataError(
    `${place}: the header names ${titles.map((title) => JSON.stringify(title)).join(', ')}, ` +
      `and data.format.columns is [${columns.join(', ')}].\n` +
      `Say what the columns hold${whole ? `, it seems data.format.columns: [${found.slice(0, last + 1).join(', ')}]` : ' with data.format.columns'}; ` +
      'or take the header away.',
  );
}
