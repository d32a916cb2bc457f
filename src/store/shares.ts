/**
 * Shares of something that a machine has a fixed amount of, among its processes. Whoever wants some draws a numbered
 * ticket, a file named after its process. It has its turn when what it wants and what all tickets before it want, those
 * that have it and those that wait, is there: first come, first served, and nobody has to tell anybody. It is right
 * because no ticket ever comes before one that may have its turn already: who has drawn looks again, and where another
 * stands behind draws a higher number. A ticket whose process died counts for nothing, and is removed by whoever sees it.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { attempted, touch } from './mark-used.ts';
import { isBefore, type Listing, linesOf, listing, newTicket, put, remove, type Ticket, taken } from './tickets.ts';
import { pause, pollMs, wake } from './waiting.ts';

export interface Wanted {
  /** One for each thing; of this machine, whose processes alone can judge one another at once. */
  readonly folder: string;
  /** At most `total`. */
  readonly amount: number;
  /** How much there is, as this process sees it. */
  readonly total: number;
  /** Names of what there is, `total` of them, where it matters who has which. */
  readonly ids?: readonly string[];
  /** Aborted when it is wanted no more. */
  readonly signal?: AbortSignal | undefined;
}

export interface Share {
  /** Nobody else has these; none where what there is has no names. */
  readonly ids: readonly string[];
  end(): void;
}

const refreshMs = 60 * 60 * 1000;

/** @returns undefined where the signal was aborted before the turn came */
export async function takeShare(wanted: Wanted): Promise<Share | undefined> {
  const ticket = await draw(wanted);
  const path = join(wanted.folder, ticket.name);
  const timer = setInterval(() => attempted(() => touch(path)), refreshMs); // elsewhere it is judged by its age
  timer.unref();
  const end = () => {
    clearInterval(timer);
    for (const file of [ticket.name, taken(ticket)]) attempted(() => remove(wanted.folder, file));
    wake();
  };
  try {
    const ids = await untilTurn(wanted, ticket);
    if (ids !== undefined) return { ids, end };
  } catch (error) {
    end();
    throw error;
  }
  end();
  return undefined;
}

async function draw({ folder, amount, ids = [] }: Wanted): Promise<Ticket> {
  mkdirSync(folder, { recursive: true });
  for (;;) {
    const { tickets } = await listing(folder);
    const number = Math.max(0, ...tickets.map((other) => other.number)) + 1;
    const ticket = newTicket(number, amount);
    put(folder, ticket.name, ids);
    const after = await listing(folder);
    if (!after.tickets.some((other) => isBefore(ticket, other))) return ticket;
    remove(folder, ticket.name);
  }
}

/** @returns the ids taken, or undefined where it is wanted no more */
async function untilTurn(wanted: Wanted, ticket: Ticket): Promise<readonly string[] | undefined> {
  for (let waitMs = pollMs.first; wanted.signal?.aborted !== true; waitMs = Math.min(waitMs * 1.5, pollMs.most)) {
    const ids = has(wanted, ticket, await listing(wanted.folder));
    if (ids !== undefined) return ids;
    await pause(waitMs, wanted.signal);
  }
  return undefined;
}

/** @returns undefined while it is not its turn */
function has({ folder, total, ids }: Wanted, ticket: Ticket, { tickets, settled }: Listing) {
  const before = tickets.filter((other) => isBefore(other, ticket) && mayTakeSame(folder, other, ids));
  const sum = before.reduce((all, { amount }) => all + amount, ticket.amount);
  if (sum > total) return undefined;
  if (ids === undefined) return [];
  if (before.some((other) => !settled.has(taken(other)))) return undefined;
  const used = new Set([...settled].flatMap((file) => linesOf(folder, file)));
  const chosen = ids.filter((id) => !used.has(id)).slice(0, ticket.amount);
  if (chosen.length < ticket.amount) return undefined; // of one that is just being given back
  put(folder, taken(ticket), chosen);
  return chosen;
}

/** Whether a ticket may take some of the same: others may see other GPUs. */
function mayTakeSame(folder: string, { name }: Ticket, ids: readonly string[] | undefined): boolean {
  return ids === undefined || linesOf(folder, name).some((id) => ids.includes(id));
}
