/** Tickets as files of a folder: their names say all but ids, so that to look is to list. What the dead left counts for nothing. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isErrno } from './files.ts';
import { namesIn } from './listing.ts';
import { attempted } from './mark-used.ts';
import { ownedName, ownerLives } from './owned-names.ts';

export interface Ticket {
  readonly name: string;
  readonly number: number;
  readonly amount: number;
}

export interface Listing {
  readonly tickets: readonly Ticket[];
  /** Files that say which ids the owners of tickets took: see {@link taken}. */
  readonly settled: ReadonlySet<string>;
}

const settledEnding = '.taken';

export function newTicket(number: number, amount: number): Ticket {
  return { name: `${number}-${amount}-${ownedName()}`, number, amount };
}

/** The file that says which ids the owner of a ticket took. */
export function taken({ name }: Ticket): string {
  return `${name}${settledEnding}`;
}

/** One order of all, also of tickets drawn at the same moment. */
export function isBefore(a: Ticket, b: Ticket): boolean {
  return a.number < b.number || (a.number === b.number && a.name < b.name);
}

/** Of processes that live; what others left is removed. Names hold a nonce: nobody has one of them again. */
export async function listing(folder: string): Promise<Listing> {
  const tickets: Ticket[] = [];
  const settled = new Set<string>();
  for (const file of await namesIn(folder)) {
    const { number, amount, ending } = parts(file);
    if (isOfDead(file)) attempted(() => remove(folder, file));
    else if (ending === settledEnding) settled.add(file);
    else if (ending === '') tickets.push({ name: file, number: Number(number), amount: Number(amount) });
  }
  return { tickets, settled };
}

/** Whether the process that made the file has died. */
export function isOfDead(file: string): boolean {
  return ownerLives(parts(file).owner ?? '') === false;
}

/** Of `3-1-owner.taken`: 3, 1, `owner` and `.taken`. */
function parts(file: string): Readonly<Record<string, string | undefined>> {
  return /^(?<number>\d+)-(?<amount>\d+)-(?<owner>[^.]+)(?<ending>.*)$/.exec(file)?.groups ?? {};
}

/** It is seen whole or not at all. */
export function put(folder: string, name: string, lines: readonly string[]): void {
  const path = join(folder, name);
  writeFileSync(`${path}.tmp`, lines.join('\n'));
  renameSync(`${path}.tmp`, path);
}

/** None where it is gone meanwhile. */
export function linesOf(folder: string, name: string): string[] {
  try {
    return readFileSync(join(folder, name), 'utf8').split('\n');
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
    return [];
  }
}

export function remove(folder: string, name: string): void {
  rmSync(join(folder, name), { force: true });
}
