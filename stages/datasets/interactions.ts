/**
 * Who rated what, as the stages hand it on. In memory compressed sparse rows; on disk a folder of plain text, the same
 * bytes for the same ratings:
 *
 * - `shape.json`: `{"users": 943, "items": 1682}`, the size of the matrix;
 * - `interactions.tsv`: a header `user item value`, then one row an entry, by user and then item, 0-based indices;
 * - `unliked.tsv` (of a training part, same columns): what the user rated and training does not count as liked. It
 *   is no signal to train on; it is known, so it is never recommended.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '../data-error.ts';

export interface Interactions {
  readonly users: number;
  readonly items: number;
  /** `[users + 1]`: the entries of user u are `rowStart[u]` up to, not including, `rowStart[u + 1]`. */
  readonly rowStart: Int32Array;
  /** `[entries]`: the item of each entry, rising within a user. */
  readonly columns: Int32Array;
  /** `[entries]`: above 0 in a training part; the rating itself in validation and test. */
  readonly values: Float64Array;
}

export interface Entry {
  readonly user: number;
  readonly item: number;
  readonly value: number;
}

export interface Shape {
  readonly users: number;
  readonly items: number;
}

/** Items of one user, rising: a view, not a copy. */
export function itemsOf(interactions: Interactions, user: number): Int32Array {
  return interactions.columns.subarray(interactions.rowStart[user], interactions.rowStart[user + 1]);
}

/** Entries in any order to compressed rows. Throws where an entry is outside the shape or a pair comes twice. */
export function interactionsOf(entries: readonly Entry[], shape: Shape): Interactions {
  const sorted = entries.toSorted((a, b) => a.user - b.user || a.item - b.item);
  const rowStart = new Int32Array(shape.users + 1);
  sorted.forEach(({ user, item }, i) => {
    if (!(user >= 0 && user < shape.users && item >= 0 && item < shape.items))
      throw new DataError(`user ${user}, item ${item} is outside the matrix of ${shape.users} × ${shape.items}`);
    const before = sorted[i - 1];
    if (before?.user === user && before.item === item) throw new DataError(`user ${user}, item ${item} comes twice`);
    rowStart[user + 1] = i + 1;
  });
  for (let user = 1; user <= shape.users; user++)
    rowStart[user] = Math.max(rowStart[user] ?? 0, rowStart[user - 1] ?? 0);
  return {
    users: shape.users,
    items: shape.items,
    rowStart,
    columns: Int32Array.from(sorted, (entry) => entry.item),
    values: Float64Array.from(sorted, (entry) => entry.value),
  };
}

/** Writes `shape.json` and `interactions.tsv` into `folder`, which is made where it is missing. */
export async function writeInteractions(folder: string, interactions: Interactions): Promise<void> {
  await mkdir(folder, { recursive: true });
  const { users, items } = interactions;
  await writeFile(join(folder, 'shape.json'), `${JSON.stringify({ users, items })}\n`);
  await writeFile(join(folder, 'interactions.tsv'), tableOf(interactions));
}

/** Writes `unliked.tsv` beside a training part. */
export async function writeUnliked(folder: string, unliked: Interactions): Promise<void> {
  await writeFile(join(folder, 'unliked.tsv'), tableOf(unliked));
}

/** Reads the folder of a part. In a training part these are the liked entries: what models learn from. */
export async function readInteractions(folder: string): Promise<Interactions> {
  return readTable(folder, 'interactions.tsv');
}

/** Reads what the user rated and training does not count as liked. */
export async function readUnliked(folder: string): Promise<Interactions> {
  return readTable(folder, 'unliked.tsv');
}

function tableOf({ users, rowStart, columns, values }: Interactions): string {
  const lines = ['user\titem\tvalue'];
  for (let user = 0; user < users; user++)
    for (let i = rowStart[user] ?? 0; i < (rowStart[user + 1] ?? 0); i++)
      lines.push(`${user}\t${columns[i]}\t${values[i]}`);
  return `${lines.join('\n')}\n`;
}

async function readTable(folder: string, name: string): Promise<Interactions> {
  const shape = JSON.parse(await readFile(join(folder, 'shape.json'), 'utf8')) as Shape;
  const [header, ...lines] = (await readFile(join(folder, name), 'utf8')).trimEnd().split('\n');
  if (header !== 'user\titem\tvalue') throw new DataError(`${name} begins with ${JSON.stringify(header)}`);
  const entries = lines.map((line, i): Entry => {
    const [user, item, value] = line.split('\t').map(Number);
    if (user === undefined || item === undefined || value === undefined || Number.isNaN(user + item + value))
      throw new DataError(`${name}:${i + 2}: not "user item value": ${JSON.stringify(line)}`);
    return { user, item, value };
  });
  return interactionsOf(entries, shape);
}
