/** What YAML allows and Retrial does not: readers differ on it, or it has no JSON value. */
import { type Document, isAlias, isCollection, isMap, isPair, isScalar, type Node, visit, type YAMLMap } from 'yaml';
import type { Diagnostic, Place } from '../errors.ts';
import { isForbiddenKey } from './forbidden-keys.ts';

export type PlaceAt = (start: number, end: number) => Place;

/** Deeper than this no config is; recursion over values stays far from the end of the stack. */
const maxDepth = 100;
const mergeHint = 'it merged maps in YAML 1.1 and does not since; write out what it stands for';

/** Every mistake of a document, those of its syntax included. */
export function yamlMistakes(document: Document.Parsed, placeAt: PlaceAt): Diagnostic[] {
  const mistakes: Diagnostic[] = [];
  const say = (message: string, node: unknown, hint?: string) => {
    const [start = 0, end = 1] = (node as Node | null)?.range ?? [];
    const place = placeAt(start, end);
    mistakes.push({ severity: 'error', message, place, ...(hint === undefined ? {} : { hint }) });
  };
  // What cannot be read is read wrongly on: of syntax errors only the first counts.
  const [syntax] = document.errors;
  if (syntax !== undefined)
    mistakes.push({ severity: 'error', message: inWords(syntax), place: placeAt(syntax.pos[0], syntax.pos[1]) });
  if (syntax?.code === 'RESOURCE_EXHAUSTION') return mistakes;
  const version = document.directives.yaml;
  if (version.explicit && version.version !== '1.2')
    say(
      `this says it is YAML ${version.version}, which reads yes as true and 1:30 as 90`,
      null,
      'remove the %YAML line',
    );
  visit(document, (_key, node, path) => {
    if (isCollection(node) && path.filter(isCollection).length >= maxDepth) {
      say('this is nested too deeply', node);
      return visit.BREAK;
    }
    if (isMap(node)) for (const [message, key, hint] of wrongKeys(node)) say(message, key, hint);
    if ((isScalar(node) || isCollection(node)) && node.tag !== undefined)
      say(
        `tags have no meaning here: ${node.tag.replace('tag:yaml.org,2002:', '!!')}`,
        node,
        'put a text in quotes to keep it a text',
      );
    if (isAlias(node)) {
      const named = node.resolve(document);
      if (named === undefined)
        say(
          `the alias *${node.source} stands for nothing that is named here`,
          node,
          'a text that begins with * is put in quotes',
        );
      else if (path.includes(named as Node)) say('this stands inside what it names', node);
    }
    if (isScalar(node) && typeof node.value === 'string') {
      if (node.value.includes('\0')) say('a text cannot hold a NUL', node);
      else if (!node.value.isWellFormed()) say('this text is no Unicode: it holds half of a character', node);
    }
    return undefined;
  });
  return mistakes;
}

function wrongKeys(map: YAMLMap): [message: string, key: unknown, hint?: string][] {
  const first = new Map<string, unknown>();
  return map.items.filter(isPair).flatMap(({ key }): [string, unknown, string?][] => {
    if (!isScalar(key) || key.value === null || key.value === '') return [['a key must be a plain name', key]];
    const name = String(key.value);
    if (name === '<<') return [['"<<" cannot be a key', key, mergeHint]];
    if (isForbiddenKey(name)) return [[`"${name}" cannot be a key`, key]];
    if (first.has(name)) return [[`the key "${name}" is there twice`, key]];
    first.set(name, key);
    return [];
  });
}

function inWords({ code, message }: { readonly code: string; readonly message: string }): string {
  if (code === 'MULTIPLE_DOCS') return 'the file holds more than one document';
  if (code === 'RESOURCE_EXHAUSTION') return 'this is nested too deeply';
  return message.split('\n')[0] ?? message;
}
