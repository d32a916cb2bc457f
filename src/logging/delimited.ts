/** Rows for other programs and for documents. */

export type Cell = string | number | boolean | null;

/** Lists and maps as JSON, which can be read back; what is not there as null. */
export function cellOf(value: unknown): Cell {
  if (value === undefined || value === null) return null;
  return typeof value === 'object' ? JSON.stringify(value) : (value as Cell);
}

/** RFC 4180, with line ends of Unix. A null is an empty field; alone in its row it is quoted, as readers skip empty lines. */
export function csv(titles: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const line = (row: readonly Cell[]) => row.map(csvField).join(',');
  return [titles, ...rows].map((row) => `${line(row) || (row.length === 0 ? '' : '""')}\n`).join('');
}

function csvField(cell: Cell): string {
  const text = cell === null ? '' : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A table of GitHub's Markdown. */
export function markdown(titles: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const line = (cells: readonly Cell[]) => `| ${cells.map(markdownCell).join(' | ')} |\n`;
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line)].join('');
}

/** For people: numbers that are not whole have six significant digits. */
function markdownCell(cell: Cell): string {
  const value = typeof cell === 'number' && !Number.isInteger(cell) ? Number(cell.toPrecision(6)) : cell;
  return (value === null ? '' : String(value))
    .replaceAll('\\', '\\\\')
    .replaceAll('|', '\\|')
    .replaceAll('<', '&lt;')
    .replaceAll(/\s*[\n\r]\s*/g, ' ');
}
