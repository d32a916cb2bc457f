/** Bytes of a text file as people have them: UTF-8, with or without its mark; anything else is named, not guessed. */
import { DataError } from '../data-error.ts';

/**
 * @param name of the file, for messages.
 * @returns the text without a byte order mark.
 * @throws DataError where it is compressed, UTF-16 or not UTF-8, with the line where that shows.
 */
export function decodeText(bytes: Uint8Array, name: string): string {
  const kind = kinds.find(({ is }) => is(bytes));
  if (kind !== undefined) throw new DataError(`${name} ${kind.message}`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new DataError(
      `${name} is not UTF-8: ${firstMistake(bytes)}. It may be Latin-1 or Windows-1252: save it as UTF-8, or\n` +
        `iconv -f latin1 -t utf-8 ${name} > ratings.csv`,
    );
  }
}

const startsWith =
  (...start: readonly number[]) =>
  (bytes: Uint8Array) =>
    start.every((byte, i) => bytes[i] === byte);
const utf16 = 'is UTF-16: save it as UTF-8';

const kinds: readonly { readonly is: (bytes: Uint8Array) => boolean; readonly message: string }[] = [
  { is: startsWith(0x1f, 0x8b), message: 'is compressed (gzip): unpack it first' },
  { is: startsWith(0x50, 0x4b, 0x03, 0x04), message: 'is an archive (zip): unpack it first' },
  { is: startsWith(0xff, 0xfe), message: utf16 },
  { is: startsWith(0xfe, 0xff), message: utf16 },
  // Without a mark: every other byte of plain letters and digits is 0, which no text in UTF-8 holds.
  { is: (bytes) => bytes.subarray(0, 1000).includes(0), message: 'holds zero bytes: it is UTF-16, or no text' },
];

/** Each line is decoded by itself: no character of UTF-8 holds the byte of a line end. */
function firstMistake(bytes: Uint8Array): string {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for (let start = 0, line = 1; start < bytes.length; line++) {
    const end = bytes.indexOf(0x0a, start);
    const own = bytes.subarray(start, end === -1 ? bytes.length : end);
    try {
      decoder.decode(own);
    } catch {
      return `line ${line}, ${JSON.stringify(new TextDecoder('latin1').decode(own).slice(0, 80))}`;
    }
    start = end === -1 ? bytes.length : end + 1;
  }
  return 'its end';
}
