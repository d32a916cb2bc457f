/** The text of a Hydra override as it is read from left to right, and the plain values in it. */
import type { JsonValue } from '../../pipeline/types.ts';

/** From `start` up to, and without, `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A plain value, with the text that tells `1` from `1.0`. */
export interface HydraValue extends Span {
  readonly kind: 'value';
  readonly value: JsonValue;
  readonly written: string;
}

/** Throws the user's mistake that lies there. */
export type Refuse = (message: string, at: Span, hint?: string) => never;

/** What is read, and how far. */
export interface Reader {
  readonly text: string;
  at: number;
  depth: number;
  readonly refuse: Refuse;
}

export const quoteHint = 'put a text with such a character in quotes';

/** A backslash keeps a quote from ending the text; before anything else it is a backslash. */
export function quoted(reader: Reader): HydraValue {
  const { text, at: start, refuse } = reader;
  const quote = text[start] as string;
  const [whole] = matchAt(reader, quote === '"' ? /"(?:\\.|[^"\\])*"/sy : /'(?:\\.|[^'\\])*'/sy) ?? [];
  if (whole === undefined) return refuse(`the quote ${quote} is not closed`, { start, end: text.length });
  reader.at += whole.length;
  const value = whole.slice(1, -1).replace(/\\(['"\\])/g, '$1');
  return { kind: 'value', value, written: whole, start, end: reader.at };
}

export function unquoted(reader: Reader, stops: string): HydraValue {
  const { text, at: start, refuse } = reader;
  while (reader.at < text.length && !`,)]}${stops}`.includes(text[reader.at] as string)) {
    const rest = { start: reader.at, end: reader.at + 1 };
    if (text.startsWith('${', reader.at)) refuse('references (${…}) have no meaning here', rest, 'write the value');
    if (`'"([{`.includes(text[reader.at] as string))
      refuse(`${text[reader.at]} cannot stand inside of a text`, rest, quoteHint);
    reader.at += text[reader.at] === '\\' ? 2 : 1;
  }
  const written = text.slice(start, reader.at).trimEnd();
  if (written === '') refuse('a value is missing', { start, end: start + 1 }, "the empty text is ''");
  return {
    kind: 'value',
    value: meant(written),
    written: written.replaceAll('_', ''),
    start,
    end: start + written.length,
  };
}

/** Numbers, true, false and null are read as Hydra reads them; all else is a text. */
function meant(written: string): JsonValue {
  if (/^null$/i.test(written)) return null;
  if (/^(true|false)$/i.test(written)) return written.toLowerCase() === 'true';
  const isNumber = /^[+-]?(\d+(_\d+)*\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(written);
  return isNumber ? Number(written.replaceAll('_', '')) : written.replace(/\\([\\()[\]{}:=, \t])/g, '$1');
}

/** Whether that character comes next, blanks aside; then it is taken. */
export function takes(reader: Reader, character: string): boolean {
  skipBlanks(reader);
  if (reader.text[reader.at] !== character) return false;
  reader.at++;
  return true;
}

export function skipBlanks(reader: Reader): void {
  while (reader.text[reader.at] === ' ' || reader.text[reader.at] === '\t') reader.at++;
}

/** @param pattern sticky */
export function matchAt({ text, at }: Reader, pattern: RegExp): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
