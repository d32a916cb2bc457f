/** `${item}`, `${item.KEY}` and `${key}` in the texts of a stage that is made once for each of several items. */
import { didYouMean } from './suggest.ts';
import { itemAt, valueText } from './templates.ts';
import type { JsonValue } from './types.ts';

/** What one instance is made of. */
export interface Item {
  /** The element of `foreach`, or the combination of `matrix`. */
  readonly item: JsonValue;
  /** Its name: what stands behind the @. */
  readonly key: string;
}

export interface ItemMistake {
  readonly message: string;
  readonly hint?: string;
}

export interface Filled {
  readonly text: string;
  readonly mistakes: readonly ItemMistake[];
}

const use = /(\\?)\$\{\s*(item(?:\.[^${}\s]+)?|key)\s*\}/g;

/** Puts the values in as plain text. Only texts, numbers, true and false have one. */
export function fillIn(text: string, item: Item): Filled {
  return replaced(text, item, () => true);
}

/**
 * Of a command: what stands inside another reference is part of a name. Elsewhere an item is a value like any other, put
 * in when the stage runs, in quotes where a shell reads it; a key has no characters that any shell would read.
 */
export function fillInCommand(text: string, item: Item): Filled {
  return replaced(text, item, (name, offset) => name === 'key' || isInside(text, offset));
}

export function usesItem(text: string): boolean {
  return [...text.matchAll(use)].some(([, escaped]) => escaped === '');
}

function replaced(text: string, { item, key }: Item, isWanted: (name: string, offset: number) => boolean): Filled {
  const mistakes: ItemMistake[] = [];
  const filled = text.replace(use, (whole, escaped: string, name: string, offset: number) => {
    if (escaped !== '' || !isWanted(name, offset)) return whole;
    if (name === 'key') return key;
    const part = name.slice('item.'.length);
    const wrong = itemMistake(part, item) ?? textMistake(part, item);
    if (wrong !== undefined) mistakes.push(wrong);
    return wrong === undefined ? valueText(itemAt(item, part) as JsonValue) : whole;
  });
  return { text: filled, mistakes };
}

/** Whether a `${` before the offset is still open there. */
function isInside(text: string, offset: number): boolean {
  let depth = 0;
  for (const [token] of text.slice(0, offset).matchAll(/\\\$\{|\$\{|\}/g))
    if (token === '${') depth += 1;
    else if (token === '}') depth = Math.max(0, depth - 1);
  return depth > 0;
}

/** Why `${item.KEY}` has no value, where it has none. */
export function itemMistake(key: string, item: JsonValue | undefined): ItemMistake | undefined {
  const text = reference(key);
  if (item === undefined)
    return {
      message: `${text} has a meaning only in a stage with foreach or matrix`,
      hint: 'remove it, or add foreach',
    };
  if (itemAt(item, key) !== undefined) return undefined;
  const names = typeof item === 'object' && item !== null && !Array.isArray(item) ? Object.keys(item) : [];
  const hint = names.length === 0 ? 'the item is no map: it is ${item}' : didYouMean(key, names).hint;
  return { message: `the item has no ${text}`, ...(hint === undefined ? {} : { hint }) };
}

function textMistake(key: string, item: JsonValue): ItemMistake | undefined {
  const value = itemAt(item, key);
  if (typeof value !== 'object') return undefined;
  const hint =
    value === null || Array.isArray(value) ? undefined : `name one of its keys: ${Object.keys(value).join(', ')}`;
  return {
    message: `${reference(key)} is no text that could stand here, but ${JSON.stringify(value)}`,
    ...(hint === undefined ? {} : { hint }),
  };
}

function reference(key: string): string {
  return key === '' ? '${item}' : `\${item.${key}}`;
}
