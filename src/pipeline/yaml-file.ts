/** A YAML file as plain values that remember where they were written. */
import { readFile } from 'node:fs/promises';
import {
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type YAMLParseError,
} from 'yaml';
import { type Diagnostic, type Place, UserError } from '../errors.ts';
import { isErrno } from '../store/files.ts';
import type { JsonValue } from './types.ts';

export type JsonPath = readonly (string | number)[];

export interface YamlFile {
  readonly file: string;
  readonly text: string;
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
const forbiddenKeys = ['__proto__', 'constructor', 'prototype'];

export async function readYaml(file: string): Promise<YamlFile> {
  const bytes = await readFile(file).catch((error: unknown) => {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) throw new UserError(`${file} does not exist`);
    if (isErrno(error, 'EISDIR')) throw new UserError(`${file} is a folder`);
    throw error;
  });
  try {
    return parseYaml(file, new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    if (error instanceof TypeError) throw new UserError(`${file} is not UTF-8 text`);
    throw error;
  }
}

/** Throws {@link UserError} with every mistake of the syntax. */
export function parseYaml(file: string, text: string): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    version: '1.2',
    strict: true,
    uniqueKeys: true,
    prettyErrors: false,
  });
  const placeAt = (start: number, end: number): Place => {
    const { line, col } = lines.linePos(start);
    const length = Math.max(1, (text.slice(start, end).split('\n')[0] ?? '').trimEnd().length);
    return { file, line: Math.max(1, line), column: Math.max(1, col), length, source: text };
  };
  const root = document.contents as Node | null;
  const mistakes: Diagnostic[] = withoutConsequences(document.errors).map((error) => ({
    severity: 'error',
    message: error.code === 'DUPLICATE_KEY' ? 'this key is there twice' : firstLine(error.message),
    place: placeAt(error.pos[0], error.pos[1]),
  }));
  mistakes.push(...forbidden(root, placeAt));
  if (mistakes.length > 0) throw new UserError(mistakes);
  const where = (node: Node | undefined | null) => placeAt(node?.range?.[0] ?? 0, node?.range?.[1] ?? 1);
  return {
    file,
    text,
    value: plainValue(document, file),
    place: (path) => where(nodeAt(root, path)),
    keyPlace: (path) => where(keyAt(root, path) ?? nodeAt(root, path)),
    written: (path) => {
      const node = nodeAt(root, path);
      return isScalar(node) ? node.source : undefined;
    },
  };
}

/** What cannot be read is read wrongly on: of syntax errors the first counts, of duplicate keys each. */
function withoutConsequences(errors: readonly YAMLParseError[]): YAMLParseError[] {
  const syntax = errors.filter(({ code }) => code !== 'DUPLICATE_KEY').slice(0, 1);
  return [...syntax, ...errors.filter(({ code }) => code === 'DUPLICATE_KEY')];
}

function plainValue(document: ReturnType<typeof parseDocument>, file: string): JsonValue {
  try {
    return (document.toJS({ maxAliasCount: maxAliases }) ?? {}) as JsonValue;
  } catch (error) {
    throw new UserError(`${file}: ${firstLine((error as Error).message)}`);
  }
}

function forbidden(root: Node | null, placeAt: (start: number, end: number) => Place): Diagnostic[] {
  const found: Diagnostic[] = [];
  if (root === null) return found;
  visit(root, {
    Pair: (_key, pair) => {
      const { key } = pair;
      const [start = 0, end = 1] = (key as Node | null)?.range ?? [];
      if (!isScalar(key))
        found.push({ severity: 'error', message: 'a key must be a plain name', place: placeAt(start, end) });
      else if (forbiddenKeys.includes(String(key.value)))
        found.push({ severity: 'error', message: `"${key.value}" cannot be a key`, place: placeAt(start, end) });
    },
  });
  return found;
}

/** Follows the path as far as it goes. */
function nodeAt(root: Node | null, path: JsonPath): Node | null {
  let at: Node | null = root;
  for (const step of path) {
    const next: Node | null | undefined = isMap(at)
      ? (pairOf(at, step)?.value as Node | null | undefined)
      : isSeq(at)
        ? (at.items[Number(step)] as Node | undefined)
        : undefined;
    if (next === undefined || next === null) return at;
    at = next;
  }
  return at;
}

function keyAt(root: Node | null, path: JsonPath): Node | undefined {
  const parent = nodeAt(root, path.slice(0, -1));
  const last = path.at(-1);
  return isMap(parent) && last !== undefined ? (pairOf(parent, last)?.key as Node | undefined) : undefined;
}

function pairOf(map: { items: unknown[] }, key: string | number): Pair | undefined {
  return map.items.find(
    (item): item is Pair => isPair(item) && isScalar(item.key) && String(item.key.value) === String(key),
  );
}

function firstLine(message: string): string {
  return message.split('\n')[0] ?? message;
}
