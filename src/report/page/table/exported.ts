/** What the table shows, for other programs and for documents: these rows, these columns, in this order. */
import { cellOf, csv, markdown } from '../../../logging/delimited.ts';
import type { JsonValue } from '../../../pipeline/types.ts';
import { meanDurationMs } from '../duration.ts';
import type { Beside } from './row-beside.ts';
import { differenceOf } from './row-metric.ts';
import type { TableRow } from './setting-rows.ts';
import { countOf, paramValues, rowNotes, statusText } from './table-cells.ts';
import type { Column } from './table-columns.ts';

export interface Exported {
  readonly titles: readonly string[];
  readonly rows: readonly (readonly JsonValue[])[];
}

export const formats = ['CSV', 'Markdown', 'JSON'] as const;
export type Format = (typeof formats)[number];

export const extensions: Readonly<Record<Format, string>> = { CSV: 'csv', Markdown: 'md', JSON: 'json' };

type Field = readonly [title: string, read: (row: TableRow) => JsonValue];

/** Values in full. Of a mean its bounds are columns of their own, and so is the difference to a baseline. */
export function exported(
  columns: readonly Column[],
  rows: readonly TableRow[],
  beside: Beside,
  isGrouped: boolean,
): Exported {
  const fields = columns.flatMap(({ subject, title }) =>
    fieldsOf({ subject, title }, beside, isGrouped).map(([name, read]) => ({ kind: subject.kind, name, read })),
  );
  return {
    titles: titlesOf(fields),
    rows: rows.map((row) => fields.map(({ read }) => read(row))),
  };
}

/** Each title once, as objects have a name once: a param called `run` is `params.run`. */
function titlesOf(fields: readonly { readonly kind: string; readonly name: string }[]): string[] {
  const isNamed = (kind: string) => kind === 'param' || kind === 'metric';
  const taken = new Set(fields.flatMap(({ kind, name }) => (isNamed(kind) ? [] : name)));
  return fields.map(({ kind, name }) => {
    if (!isNamed(kind)) return name;
    let title = name;
    while (taken.has(title)) title = `${kind}s.${title}`;
    taken.add(title);
    return title;
  });
}

export function exportedText({ titles, rows }: Exported, format: Format): string {
  if (format === 'JSON') {
    const objects = rows.map((row) => Object.fromEntries(titles.map((title, at) => [title, row[at] ?? null])));
    return `${JSON.stringify(objects, undefined, 2)}\n`;
  }
  const cells = rows.map((row) => row.map(cellOf));
  return format === 'CSV' ? csv(titles, cells) : markdown(titles, cells);
}

function fieldsOf({ subject, title }: Pick<Column, 'subject' | 'title'>, beside: Beside, isGrouped: boolean): Field[] {
  switch (subject.kind) {
    case 'run':
      return [['run', ({ runs }) => runs[0]?.configHash ?? null], ...attemptField(isGrouped)];
    case 'metric':
      return metricFields(subject.name, beside, isGrouped);
    case 'param':
      return [[subject.name, (row) => paramCell(row, subject.name)]];
    case 'count':
      return [['n', (row) => countOf(row, subject.metric)]];
    case 'trial':
      return [['trial', ({ runs }) => runs[0]?.trial ?? null]];
    case 'status':
      return [['status', statusText]];
    case 'started':
      return [['started', ({ runs }) => runs[0]?.startedAt ?? null]];
    case 'took':
      return [['took_ms', (row) => rounded(meanDurationMs(row.runs))]];
    case 'notes':
      return [[title.toLowerCase(), rowNotes]];
  }
}

const rounded = (ms: number | null) => (ms === null ? null : Math.round(ms));

function attemptField(isGrouped: boolean): Field[] {
  return isGrouped ? [] : [['attempt', ({ runs }) => runs[0]?.attempt ?? null]];
}

/** Of a setting that has several values the list of them. */
function paramCell(row: TableRow, name: string): JsonValue {
  const values = paramValues(row, name);
  return values.length > 1 ? values : (values[0] ?? null);
}

function metricFields(name: string, beside: Beside, isGrouped: boolean): Field[] {
  const { baseline, metricOf, state } = beside;
  const summary = (row: TableRow) => {
    const found = metricOf(row, name);
    return found?.kind === 'value' ? found.summary : undefined;
  };
  const value: Field = [
    name,
    (row) => {
      const found = metricOf(row, name);
      return found?.kind === 'diverged' ? (found.text ?? null) : (summary(row)?.mean ?? null);
    },
  ];
  const bounds: Field[] = [
    [`${name} low`, (row) => summary(row)?.low ?? null],
    [`${name} high`, (row) => summary(row)?.high ?? null],
  ];
  const difference: Field = [
    `${name} minus baseline`,
    (row) => {
      const found = differenceOf(metricOf(row, name), baseline && metricOf(baseline, name), state.goalOf(name));
      return found === undefined ? null : found.kind === 'incomparable' ? 'not comparable' : found.value;
    },
  ];
  return [value, ...(isGrouped ? bounds : []), ...(baseline === undefined ? [] : [difference])];
}
