/** A YAML file as plain values that remember where they were written. */
import { readFile, stat } from 'node:fs/promises';
import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
} from 'yaml';
import { type Place, UserError } from '../errors.ts';
import { inOrder } from './in-order.ts';
import type { JsonValue } from './types.ts';
import { type PlaceAt, yamlMistakes } from './yaml-mistakes.ts';

export type JsonPath = readonly (string | number)[];

export interface YamlFile {
  readonly file: string;
  readonly text: string;
  /** null where the file is empty. */
  readonly value: JsonValue;
  /** Where the value at a path stands, or what is nearest above it. */
  place(path: JsonPath): Place;
  /** Where the key that a path ends with stands. */
  keyPlace(path: JsonPath): Place;
  /** The text a plain value was written as: `0.0` tells a float from `0`. */
  written(path: JsonPath): string | undefined;
}

/** A document that would grow beyond this through aliases is a mistake or an attack. */
const maxAliases = 100;

/** Far more than any config, far less than would fill the memory. */
const maxMebibytes = 16;

/** Throws {@link UserError} where it cannot be read, placed at what names it. */
export async function readYaml(file: string, namedAt?: Place): Promise<YamlFile> {
  const refuse = (why: string): never => {
    const place = namedAt === undefined ? {} : { place: namedAt };
    throw new UserError([{ severity: 'error', message: `${file} ${why}`, ...place }]);
  };
  const failed = (error: NodeJS.ErrnoException) =>
    refuse(unreadable[error.code ?? ''] ?? `cannot be read: ${error.message}`);
  const at = await stat(file).catch(failed);
  if (at.isDirectory()) return refuse('is a folder');
  if (!at.isFile()) return refuse('is no regular file'); // reading a pipe or a device may never end
  if (at.size > maxMebibytes * 2 ** 20) return refuse(`is larger than ${maxMebibytes} MiB`);
  return parseYaml(file, utf8Text(file, await readFile(file).catch(failed)));
}

const unreadable: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  ELOOP: 'is a link that leads in circles',
  ENAMETOOLONG: 'is too long a name',
  EACCES: 'may not be read by you',
};

function utf8Text(file: string, bytes: Buffer): string {
  const text = bytes.toString('utf8');
  const again = Buffer.from(text);
  if (again.equals(bytes)) return text.replace(/^\ufeff/, '');
  const same = bytes.findIndex((byte, index) => byte !== again[index]);
  const lines = bytes
    .subarray(0, same === -1 ? 0 : same)
    .toString('utf8')
    .split('\n');
  const place = { file, line: lines.length, column: (lines.at(-1) ?? '').length + 1, source: text };
  throw new UserError([{ severity: 'error', message: 'this is not UTF-8 text', place }]);
}

/** Throws {@link UserError} with every mistake. */
export function parseYaml(file: string, text: string): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    ...{ lineCounter: lines, version: '1.2', strict: true, prettyErrors: false },
    uniqueKeys: false, // said in our words
  });
  const placeAt: PlaceAt = (start, end) => {
    const { line, col } = lines.linePos(start);
    const length = Math.max(1, (text.slice(start, end).split('\n')[0] ?? '').trimEnd().length);
    return { file, line: Math.max(1, line), column: Math.max(1, col), length, source: text };
  };
  const mistakes = yamlMistakes(document, placeAt);
  if (mistakes.length > 0) throw new UserError(inOrder(mistakes));
  const root = document.contents;
  const at = (path: JsonPath) => nodeAt(document, path);
  const where = (node: Node | undefined | null) => placeAt(node?.range?.[0] ?? 0, node?.range?.[1] ?? 1);
  return {
    file,
    text,
    value: plainValue(document, where(root)),
    place: (path) => where(at(path)),
    keyPlace: (path) => where(keyAt(document, path) ?? at(path)),
    written: (path) => {
      const node = followed(document, at(path));
      return isScalar(node) ? node.source : undefined;
    },
  };
}

/** Nothing else is left that could be wrong than aliases that make much of little. */
function plainValue(document: Document.Parsed, place: Place): JsonValue {
  try {
    return document.toJS({ maxAliasCount: maxAliases }) as JsonValue;
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    const message = `aliases (*name) are used more than ${maxAliases} times over`;
    throw new UserError([{ severity: 'error', message, place: { ...place, length: 1 } }]);
  }
}

/** Follows the path as far as it goes; an alias counts as what it names, once something below it is asked for. */
function nodeAt(document: Document.Parsed, path: JsonPath): Node | null {
  let at: Node | null = document.contents;
  for (const step of path) {
    const inside = followed(document, at);
    const next: unknown = isMap(inside)
      ? pairOf(inside, step)?.value
      : isSeq(inside)
        ? inside.items[Number(step)]
        : undefined;
    if (next === undefined || next === null) return at;
    at = next as Node;
  }
  return at;
}

function keyAt(document: Document.Parsed, path: JsonPath): Node | undefined {
  const parent = followed(document, nodeAt(document, path.slice(0, -1)));
  const last = path.at(-1);
  return isMap(parent) && last !== undefined ? (pairOf(parent, last)?.key as Node | undefined) : undefined;
}

function followed(document: Document.Parsed, node: Node | null): Node | null {
  return isAlias(node) ? (node.resolve(document) ?? null) : node;
}

/** By key; a map of ten thousand stages is asked ten thousand times. Of equal keys the first counts. */
const pairs = new WeakMap<object, ReadonlyMap<string, Pair>>();

function pairOf(map: { items: unknown[] }, key: string | number): Pair | undefined {
  let byKey = pairs.get(map);
  if (byKey === undefined) {
    const found = map.items.filter((item): item is Pair => isPair(item) && isScalar(item.key)).reverse();
    byKey = new Map(found.map((item) => [String(isScalar(item.key) ? item.key.value : ''), item]));
    pairs.set(map, byKey);
  }
  return byKey.get(String(key));
}
