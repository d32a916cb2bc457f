/**
 * The right side of a Hydra override, `0.1,0.01` or `choice(a, [b, c])`, as a tree: "Extended Override Grammar" of Hydra
 * 1.3. Without interpolations, and without functions inside of lists and maps.
 */
import type { JsonValue } from '../../pipeline/types.ts';
import {
  type HydraValue,
  matchAt,
  quoted,
  quoteHint,
  type Reader,
  type Refuse,
  type Span,
  skipBlanks,
  takes,
  unquoted,
} from './hydra-text.ts';

export interface HydraCall extends Span {
  readonly kind: 'call';
  readonly name: string;
  readonly args: readonly { readonly name?: string; readonly element: HydraElement }[];
}

export type HydraElement = HydraValue | HydraCall;

/** As deep as YAML may be nested here. */
const maxDepth = 100;

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
