/** A header that says in plain words what the columns hold, against what they are read as. */
import { DataError } from '../data-error.ts';
import type { Column } from './parse-ratings.ts';

/** What data sets call their columns, in small letters and without anything between words. */
const names: Readonly<Record<Exclude<Column, '-'>, readonly string[]>> = {
  user: ['user', 'userid', 'uid'],
  item: ['item', 'itemid', 'iid', 'movie', 'movieid', 'book', 'bookid', 'song', 'songid', 'product', 'productid'],
  rating: ['rating'],
  timestamp: ['timestamp'],
};

/**
 * Throws DataError where a column is read as one thing and called another of them: users for items, or times for
 * ratings. Other names say nothing.
 *
 * @param place of the header, for the message.
 */
export function failIfContradicted(header: readonly string[], columns: readonly Column[], place: string): void {
  const called = header.map(kindOf);
  const wrong = columns.findIndex((column, i) => column !== '-' && called[i] !== undefined && called[i] !== column);
  if (wrong === -1) return;
  throw new DataError(
    `${place}: the column ${JSON.stringify(header[wrong])} would be read as ${columns[wrong]}. Say what the columns hold: ` +
      `data.format.columns: [${called.map((kind) => kind ?? '-').join(', ')}]`,
  );
}

function kindOf(name: string): Column | undefined {
  const plain = name.toLowerCase().replaceAll(/[^a-z]/g, '');
  return (['user', 'item', 'rating', 'timestamp'] as const).find((kind) => names[kind].includes(plain));
}
