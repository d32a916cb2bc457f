/** The final runs of a study as a table of text, with what is to be known of its numbers. */
import type { Finalist, Finalists } from '../record/finalists.ts';
import { chanceText, finalistsNotes, seedsText } from './finalists-notes.ts';
import { armText, finalistsVerdict, rangeText } from './finalists-verdict.ts';
import { formatNumber, oneLine } from './format.ts';
import { type Column, noRoomLine, table } from './table.ts';

export interface FinalistsTableOptions {
  readonly width?: number;
  readonly heading?: (text: string) => string;
  /** At most so many rows. */
  readonly limit?: number;
}

/** Of the other metrics. A page and a file have all. */
export const mostOthers = 4;

export function finalistsTable(finalists: Finalists, options: FinalistsTableOptions = {}): string[] {
  const rows = finalists.rows.slice(0, options.limit);
  const others = finalists.others.slice(0, mostOthers);
  const { lines, dropped } = table(
    columnsOf(finalists, others),
    rows.map((row) => cells(row, finalists, others)),
    options,
  );
  const [more, hidden] = [finalists.rows.length - rows.length, finalists.others.length - others.length];
  return [
    ...lines,
    ...noRoomLine(dropped, options.width, '; --csv has them'),
    ...(more > 0 ? [`and ${more} more`] : []),
    ...(hidden > 0 ? [`and ${hidden} more of its metrics: retrial compare --finals --csv`] : []),
    ...finalistsNotes(finalists).map(oneLine),
    oneLine(finalistsVerdict(finalists)),
  ];
}

function columnsOf({ metric, rows, reference }: Finalists, others: readonly string[]): Column[] {
  const right = { align: 'right' } as const;
  return [
    ...(hasArms(rows) ? [{ title: 'arm', shrinkTo: 16 }] : []),
    { title: 'trial', ...right },
    { title: oneLine(metric), ...right },
    { title: '95 %', dropAfter: 3 },
    { title: 'seeds', ...right, dropAfter: 2 },
    ...(reference === null || rows.length < 2 ? [] : differenceColumns(reference)),
    ...others.map((name) => ({ title: oneLine(name), ...right, dropAfter: 1 })),
  ];
}

function differenceColumns(reference: number): Column[] {
  return [
    { title: `minus trial ${reference}`, align: 'right', dropAfter: 4 },
    { title: '95 % of that', dropAfter: 3 },
    { title: 'p, Holm', dropAfter: 4 },
  ];
}

function cells(row: Finalist, { rows, reference }: Finalists, others: readonly string[]): string[] {
  const { trial, arm, mean, interval, against, means } = row;
  const difference = against === null ? (row.apart ? 'not comparable' : '') : formatNumber(against.difference);
  return [
    ...(hasArms(rows) ? [armText(arm)] : []),
    ...[String(trial), mean === null ? 'failed' : formatNumber(mean), rangeText(interval)],
    seedsText(row),
    ...(reference === null || rows.length < 2
      ? []
      : [difference, rangeText(against?.interval ?? null), chanceText(against)]),
    ...others.map((name) => (means[name] === undefined ? '' : formatNumber(means[name]))),
  ];
}

const hasArms = (rows: readonly Finalist[]) => rows.some(({ arm }) => Object.keys(arm).length > 0);
