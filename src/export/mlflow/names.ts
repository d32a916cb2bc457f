/** Names as MLflow takes them: letters, digits and `_-. :/`, at most 250, and no path that is not in its plain form. */
import { posix } from 'node:path';
import { sha256 } from '../../hash.ts';

const longest = 250;

/**
 * Each name → its name there: `ndcg@10` is `ndcg_at_10`, any other character it does not take is `_`. Where two would be
 * one, those that had to be changed spell the characters out: `_x25_`.
 */
export function mlflowNames(names: Iterable<string>): ReadonlyMap<string, string> {
  const all = [...new Set(names)];
  const plain = new Map(all.map((name) => [name, changed(name, () => '_')]));
  const taken = new Map<string, number>();
  for (const name of plain.values()) taken.set(name, (taken.get(name) ?? 0) + 1);
  const isAlone = (name: string) => taken.get(plain.get(name) ?? '') === 1 || plain.get(name) === name;
  return new Map(all.map((name) => [name, isAlone(name) ? (plain.get(name) ?? name) : changed(name, spelled)]));
}

function changed(name: string, other: (character: string) => string): string {
  const text = name.replaceAll(/[^A-Za-z0-9_\-. :/]/gu, (character) =>
    character === '@' && other !== spelled ? '_at_' : other(character),
  );
  const path = isPlainPath(text) ? text : text.replaceAll('/', '_').replace(/^\.+$/, '_');
  return path.length <= longest ? path : `${path.slice(0, longest - 13)}-${sha256(name).slice(0, 12)}`;
}

function isPlainPath(name: string): boolean {
  return posix.normalize(name) === name && !/^(\.\.?($|\/)|\/)/.test(name) && !name.startsWith('..');
}

const spelled = (character: string) => `_x${(character.codePointAt(0) ?? 0).toString(16)}_`;
