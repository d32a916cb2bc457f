/** The beginning of a file as a page can show it: plain data from bytes, whatever is in them. */
import { extname } from 'node:path';
import { visible } from '../logging/format.ts';
import type { Preview } from './comparison.ts';
import { delimitedRows } from './delimited-rows.ts';
import { mostImageBytes, mostLines, mostRows } from './preview-limits.ts';

/** Of texts and tables. */
export const headBytes = 64 * 1024;

const mostCharacters = 4000;
const mostColumns = 16;
const longestCell = 80;

const imageTypes: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.svg': 'image/svg+xml',
};
const separators: Readonly<Record<string, string>> = { '.csv': ',', '.tsv': '\t' };

export function isImage(name: string): boolean {
  return extension(name) in imageTypes;
}

/** @param isWhole whether the bytes are all of the file. Undefined of what is no text, table or image, or too large a one. */
export function previewOf(name: string, bytes: Buffer, isWhole: boolean): Preview | undefined {
  const type = imageTypes[extension(name)];
  if (type !== undefined) {
    const fits = isWhole && bytes.length > 0 && bytes.length <= mostImageBytes;
    return fits ? { kind: 'image', source: `data:${type};base64,${bytes.toString('base64')}` } : undefined;
  }
  const text = textIn(bytes, isWhole);
  if (text === undefined) return undefined;
  const separator = separators[extension(name)];
  return separator === undefined ? textPreview(text, isWhole) : tablePreview(text, separator, isWhole);
}

function extension(name: string): string {
  const found = extname(name).toLowerCase();
  return Object.hasOwn(imageTypes, found) || Object.hasOwn(separators, found) ? found : '';
}

/** Undefined where it is no UTF-8. What is cut off may end in the middle of a character. */
function textIn(bytes: Buffer, isWhole: boolean): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: !isWhole });
  } catch {
    return undefined;
  }
}

function textPreview(text: string, isWhole: boolean): Preview {
  const lines = text.trimEnd().split('\n');
  const shown = lines.slice(0, mostLines).map(visible).join('\n');
  const isShort = lines.length <= mostLines && shown.length <= mostCharacters;
  return { kind: 'text', text: shown.slice(0, mostCharacters), isWhole: isWhole && isShort };
}

function tablePreview(text: string, separator: string, isWhole: boolean): Preview {
  // With the heading, and one to know by whether there are more.
  const found = delimitedRows(text, separator, mostRows + 2);
  const rows = found.slice(0, mostRows + 1).map((row) => row.slice(0, mostColumns).map(cellText));
  const isShort = found.length <= mostRows + 1 && found.every((row) => row.length <= mostColumns);
  return { kind: 'table', rows, isWhole: isWhole && isShort };
}

function cellText(cell: string): string {
  const text = visible(cell.replaceAll(/\s+/g, ' '));
  return text.length > longestCell ? `${text.slice(0, longestCell - 1)}…` : text;
}
