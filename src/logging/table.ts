/** Aligned tables that fit their width. */
import { stripVTControlCharacters } from 'node:util';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** May be cut, with an ellipsis, down to so many characters; unset: never cut. */
  readonly shrinkTo?: number;
  /** Left out first where the width is not enough; of equal ones the last. Unset: never left out. */
  readonly dropAfter?: number;
}

export interface TableOptions {
  /** Characters a line may have; unset where nobody looks (a pipe): nothing is cut or left out. */
  readonly width?: number;
  /** Draws the line of titles. */
  readonly heading?: (text: string) => string;
}

export interface Table {
  readonly lines: readonly string[];
  /** Titles of the columns there was no room for. */
  readonly dropped: readonly string[];
}

const gap = '  ';

/** @param rows cells of each row in the order of the columns; they may hold colours, and no line breaks. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  options: TableOptions = {},
): Table {
  const kept = new Set(columns.keys());
  const natural = columns.map((column, i) =>
    rows.reduce((widest, row) => Math.max(widest, displayWidth(row[i] ?? '')), displayWidth(column.title)),
  );
  const width = options.width ?? Number.POSITIVE_INFINITY;
  const least = () =>
    sum(
      [...kept].map((i) => Math.min(natural[i] ?? 0, columns[i]?.shrinkTo ?? Infinity)),
      kept.size,
    );
  for (const i of dropOrder(columns)) if (least() > width) kept.delete(i);
  const indexes = [...kept];
  const widths = fit(
    indexes.map((i) => ({ natural: natural[i] ?? 0, least: columns[i]?.shrinkTo })),
    width,
  );
  const line = (cells: readonly string[]) =>
    indexes
      .map((i, k) => cell(cells[i] ?? '', widths[k] ?? 0, columns[i]?.align ?? 'left'))
      .join(gap)
      .trimEnd();
  const heading = options.heading ?? ((text) => text);
  const fitting = (cells: readonly string[]) => truncate(line(cells), width);
  return {
    lines: [heading(fitting(columns.map((c) => c.title))), ...rows.map(fitting)],
    dropped: columns.filter((_, i) => !kept.has(i)).map((c) => c.title),
  };
}

/**
 * Says which columns there was no room for, and how to see them, in at most one line that fits itself.
 * @param how `; --csv has them`
 */
export function noRoomLine(dropped: readonly string[], width = Number.POSITIVE_INFINITY, how = ''): string[] {
  const lines = dropped.map((_, cut) => {
    const names = dropped.slice(0, dropped.length - cut).join(', ');
    return `(no room for ${names}${cut === 0 ? '' : ` and ${cut} more`}${how})`;
  });
  const least = dropped.length === 1 ? (lines[0] ?? '') : `(no room for ${dropped.length} columns${how})`;
  return dropped.length === 0 ? [] : [lines.find((line) => displayWidth(line) <= width) ?? truncate(least, width)];
}

const sum = (widths: readonly number[], count: number) =>
  widths.reduce((a, b) => a + b, gap.length * Math.max(0, count - 1));

function dropOrder(columns: readonly Column[]): number[] {
  const droppable = [...columns.keys()].filter((i) => columns[i]?.dropAfter !== undefined);
  return droppable.sort((a, b) => (columns[a]?.dropAfter ?? 0) - (columns[b]?.dropAfter ?? 0) || b - a);
}

/** Takes from the widest that may shrink, one character at a time, until the line fits or none is left. */
function fit(columns: readonly { natural: number; least: number | undefined }[], width: number): number[] {
  const widths = columns.map((c) => c.natural);
  while (sum(widths, widths.length) > width) {
    let widest = -1;
    for (const [i, c] of columns.entries())
      if ((widths[i] ?? 0) > (c.least ?? Infinity) && (widths[i] ?? 0) > (widths[widest] ?? 0)) widest = i;
    if (widest < 0) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

function cell(text: string, width: number, align: 'left' | 'right'): string {
  const shown = truncate(text, width);
  const space = ' '.repeat(Math.max(0, width - displayWidth(shown)));
  return align === 'right' ? space + shown : shown + space;
}

let segmenter: Intl.Segmenter | undefined;

/** Characters as a person counts them. The segmenter is made when first needed: it takes longer than a no-op run has. */
function graphemes(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  return segmenter.segment(stripVTControlCharacters(text));
}

/** East Asian wide and full-width characters, and pictures, take two columns of a terminal. */
const wide =
  /^[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u;

/** Columns of a terminal that a text takes; escape sequences take none. */
export function displayWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes(text)) width += wide.test(segment) ? 2 : 1;
  return width;
}

/** At most `width` columns, ending in `…` where something was cut; a cut text loses its colours. */
export function truncate(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let kept = '';
  let used = 1;
  for (const { segment } of graphemes(text)) {
    used += wide.test(segment) ? 2 : 1;
    if (used > width) break;
    kept += segment;
  }
  return width < 1 ? '' : `${kept}…`;
}
