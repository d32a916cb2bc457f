/** The order of the rows. */
import { byNumbers, valueText } from '../format.ts';
import type { TableRow } from './setting-rows.ts';

export interface Sort {
  /** Id of a column. */
  readonly column: string;
  readonly isAscending: boolean;
}

/**
 * By a value; comparable groups stay apart, and what has no value comes last, whichever way is sorted. Texts are compared
 * once each, as comparing them is slow and thousands of rows share few.
 */
export function sorted(rows: readonly TableRow[], cell: (row: TableRow) => unknown, isAscending: boolean): TableRow[] {
  const placeOf = places(rows.map(cell));
  const sign = isAscending ? 1 : -1;
  const keyed = rows.map((row, at) => ({ row, place: placeOf[at] }));
  keyed.sort((a, b) => {
    if (a.row.section !== b.row.section) return a.row.section - b.row.section;
    if (a.place === undefined || b.place === undefined)
      return Number(a.place === undefined) - Number(b.place === undefined);
    return sign * (a.place - b.place);
  });
  return keyed.map(({ row }) => row);
}

/** For each value a number that is larger where it comes later. Numbers come before texts. */
function places(values: readonly unknown[]): readonly (number | undefined)[] {
  const isMissing = (value: unknown) => value === undefined || value === null;
  if (values.every((value) => isMissing(value) || typeof value === 'number'))
    return values.map((value) => (typeof value === 'number' ? value : undefined));
  const texts = values.map((value) => (isMissing(value) ? undefined : valueText(value as never)));
  const distinct = [...new Set(texts.filter((text) => text !== undefined))].sort(byNumbers);
  const order = new Map(distinct.map((text, at) => [text, at]));
  return texts.map((text) => (text === undefined ? undefined : order.get(text)));
}

export function sortText({ column, isAscending }: Sort): string {
  return `${isAscending ? '+' : '-'}${column}`;
}

/** @param text `-metric train.loss`; undefined for anything else */
export function sortOf(text: string | undefined): Sort | undefined {
  const sign = text?.[0];
  if (text === undefined || (sign !== '+' && sign !== '-') || text.length < 2) return undefined;
  return { column: text.slice(1), isAscending: sign === '+' };
}
