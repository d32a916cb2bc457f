/**
 * Names of which one process has each at a time, on whichever machine. Those of one machine queue for their turn, as
 * they know at once who has died; whose turn it is claims the name among machines, by files that are created exclusively
 * and beat. Claims are never removed but by the owner of a higher number, so that they do not pile up: whoever was slow to
 * create one that was removed meanwhile sees the higher, and has nothing.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Claim, tryClaim } from './claims.ts';
import { unlessStale } from './files.ts';
import type { Layout } from './layout.ts';
import { namesIn } from './listing.ts';
import { attempted } from './mark-used.ts';
import { machine } from './owned-names.ts';
import { type Share, takeShare } from './shares.ts';
import { pause, pollMs } from './waiting.ts';

/** @returns undefined where the signal was aborted before it was free */
export async function takeMutex(layout: Layout, name: string, signal?: AbortSignal): Promise<Share | undefined> {
  const folder = layout.slotQueue(machine(), `mutex-${name}`);
  const place = await takeShare({ folder, amount: 1, total: 1, signal });
  if (place === undefined) return undefined;
  const claim = await untilClaimed(layout.mutex(name), signal).catch((error: unknown) => {
    place.end();
    throw error;
  });
  if (claim === undefined) {
    place.end();
    return undefined;
  }
  return { ids: [], end: () => void leave(layout.mutex(name), claim).finally(place.end) };
}

async function untilClaimed(folder: string, signal: AbortSignal | undefined): Promise<Claim | undefined> {
  for (let waitMs = pollMs.first; signal?.aborted !== true; waitMs = Math.min(waitMs * 1.5, pollMs.most)) {
    const claim = await tryMutex(folder);
    if (claim !== undefined) return claim;
    await pause(waitMs, signal);
  }
  return undefined;
}

/** Tries once to have the name whose claims are in `folder`. */
export async function tryMutex(folder: string, leaseMs?: number): Promise<Claim | undefined> {
  const attempt = await unlessStale(() => tryClaim(folder, leaseMs === undefined ? {} : { leaseMs }));
  if (attempt.kind !== 'owned') return undefined;
  const { claim } = attempt;
  const others = (await namesIn(folder)).filter((name) => /^\d+$/.test(name)).map(Number);
  if (others.some((number) => number > claim.number)) {
    await leave(folder, claim);
    return undefined;
  }
  for (const number of others) if (number < claim.number) remove(folder, number);
  return claim;
}

/** On a full disk nothing can be written of it; that it is gone says the same. */
async function leave(folder: string, claim: Claim): Promise<void> {
  await claim.end({ state: 'released' }).catch(() => remove(folder, claim.number));
}

function remove(folder: string, number: number): void {
  attempted(() => rmSync(join(folder, String(number)), { force: true }));
}
