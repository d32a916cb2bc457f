/**
 * Ids of the data set ↔ indices of the matrix. Users and items of the training and validation part come first, so that
 * nothing about the training part depends on the test part; those seen in test alone come after.
 */
import { readFile, writeFile } from 'node:fs/promises';
import type { Entry, Shape } from './interactions.ts';
import type { Rating } from './ratings.ts';
import type { Split } from './split-ratings.ts';

export interface IdMap {
  /** Index → id. */
  readonly users: readonly string[];
  readonly items: readonly string[];
  /** How many of them are in the training or validation part: the shape of those parts. */
  readonly known: Shape;
}

export function idMapOf({ train, validation, test }: Split): IdMap {
  const known = [...train, ...validation];
  const users = ordered(known, test, ({ user }) => user);
  const items = ordered(known, test, ({ item }) => item);
  return { users: users.ids, items: items.ids, known: { users: users.known, items: items.known } };
}

/** Ratings to entries by index; `value` says what each is worth. */
export function entriesOf(ratings: readonly Rating[], ids: IdMap, value: (rating: Rating) => number): Entry[] {
  const users = new Map(ids.users.map((id, index) => [id, index]));
  const items = new Map(ids.items.map((id, index) => [id, index]));
  return ratings.map((rating) => ({
    user: users.get(rating.user) ?? Number.NaN,
    item: items.get(rating.item) ?? Number.NaN,
    value: value(rating),
  }));
}

export async function writeIdMap(path: string, ids: IdMap): Promise<void> {
  await writeFile(path, `${JSON.stringify(ids)}\n`);
}

export async function readIdMap(path: string): Promise<IdMap> {
  return JSON.parse(await readFile(path, 'utf8')) as IdMap;
}

function ordered(known: readonly Rating[], test: readonly Rating[], idOf: (rating: Rating) => string) {
  const first = new Set(known.map(idOf));
  const later = new Set(test.map(idOf).filter((id) => !first.has(id)));
  return { ids: [...[...first].sort(byId), ...[...later].sort(byId)], known: first.size };
}

/** Whole numbers by value and before all else, the rest by code unit. */
function byId(a: string, b: string): number {
  const [numberA, numberB] = [wholeNumber(a), wholeNumber(b)];
  if (numberA !== numberB) return numberA < numberB ? -1 : 1;
  return a < b ? -1 : Number(a > b);
}

function wholeNumber(id: string): number {
  return /^\d{1,15}$/.test(id) ? Number(id) : Number.POSITIVE_INFINITY;
}
