/**
 * The right side of a Hydra override, `0.1,0.01` or `choice(a, [b, c])`, as a tree: "Extended Override Grammar" of Hydra
 * 1.3. Without interpolations, and without functions inside of lists and maps.
 */
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

export interface HydraCall extends Span {
  readonly kind: 'call';
  readonly name: string;
  readonly args: readonly { readonly name?: string; readonly element: HydraElement }[];
}

export type HydraElement = HydraValue | HydraCall;

/** Throws the user's mistake that lies there. */
export type Refuse = (message: string, at: Span, hint?: string) => never;

interface Reader {
  readonly text: string;
  at: number;
  depth: number;
  readonly refuse: Refuse;
}

/** As deep as YAML may be nested here. */
const maxDepth = 100;

const quoteHint = 'put a text with such a character in quotes';

/** The elements between the commas outside of brackets; one where there is none. */
export function parseHydra(text: string, refuse: Refuse): readonly [HydraElement, ...HydraElement[]] {
  const reader: Reader = { text, at: 0, depth: 0, refuse };
  if (text.trim() === '') return [{ kind: 'value', value: '', written: '', start: 0, end: text.length }];
  const elements: [HydraElement, ...HydraElement[]] = [element(reader)];
  while (takes(reader, ',')) elements.push(element(reader));
  if (reader.at < text.length)
    refuse(`"${text[reader.at]}" has no meaning here`, { start: reader.at, end: reader.at + 1 }, quoteHint);
  return elements;
}

function element(reader: Reader, stops = ''): HydraElement {
  skipBlanks(reader);
  const { text, at: start } = reader;
  const [called, name = ''] = matchAt(reader, /([A-Za-z_]\w*)\s*\(/y) ?? [];
  if (called !== undefined) {
    reader.at += called.length;
    const args = items(reader, ')', start, argument);
    return { kind: 'call', name, args, start, end: reader.at };
  }
  const value = text[start] === '[' ? list(reader) : text[start] === '{' ? map(reader) : undefined;
  if (value !== undefined) return { kind: 'value', value, written: '', start, end: reader.at };
  return text[start] === '"' || text[start] === "'" ? quoted(reader) : unquoted(reader, stops);
}

function argument(reader: Reader): HydraCall['args'][number] {
  skipBlanks(reader);
  const [named, name = ''] = matchAt(reader, /([A-Za-z_]\w*)\s*=/y) ?? [];
  if (named === undefined) return { element: element(reader) };
  reader.at += named.length;
  return { name, element: element(reader) };
}

function list(reader: Reader): JsonValue {
  reader.at++;
  return items(reader, ']', reader.at - 1, (inner) => plain(inner, element(inner)).value);
}

function map(reader: Reader): JsonValue {
  reader.at++;
  const entries = items(reader, '}', reader.at - 1, (inner) => {
    const key = plain(inner, element(inner, ':'));
    if (!takes(inner, ':')) inner.refuse('a key of a map needs ": value" behind it', key);
    return [String(key.value), plain(inner, element(inner)).value] as const;
  });
  return Object.fromEntries(entries);
}

function plain({ refuse }: Reader, inner: HydraElement): HydraValue {
  return inner.kind === 'value' ? inner : refuse(`${inner.name}(…) cannot stand inside of a list or a map`, inner);
}

/** What stands between commas up to the closing bracket, which is taken too. */
function items<T>(reader: Reader, close: string, open: number, read: (reader: Reader) => T): T[] {
  const found: T[] = [];
  if (takes(reader, close)) return found;
  if (++reader.depth > maxDepth) reader.refuse('this is nested too deeply', { start: open, end: open + 1 });
  do found.push(read(reader));
  while (takes(reader, ','));
  if (!takes(reader, close)) {
    const at = { start: open, end: Math.max(open + 1, reader.at) };
    reader.refuse(`a "${close}" is missing`, at);
  }
  reader.depth--;
  return found;
}

/** A backslash keeps a quote from ending the text; before anything else it is a backslash. */
function quoted(reader: Reader): HydraValue {
  const { text, at: start, refuse } = reader;
  const quote = text[start] as string;
  const [whole] = matchAt(reader, quote === '"' ? /"(?:\\.|[^"\\])*"/sy : /'(?:\\.|[^'\\])*'/sy) ?? [];
  if (whole === undefined) return refuse(`the quote ${quote} is not closed`, { start, end: text.length });
  reader.at += whole.length;
  const value = whole.slice(1, -1).replace(/\\(['"\\])/g, '$1');
  return { kind: 'value', value, written: whole, start, end: reader.at };
}

function unquoted(reader: Reader, stops: string): HydraValue {
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

function takes(reader: Reader, character: string): boolean {
  skipBlanks(reader);
  if (reader.text[reader.at] !== character) return false;
  reader.at++;
  return true;
}

function skipBlanks(reader: Reader): void {
  while (reader.text[reader.at] === ' ' || reader.text[reader.at] === '\t') reader.at++;
}

function matchAt({ text, at }: Reader, pattern: RegExp): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
