/**
 * Who computes what, among processes that share only a folder. Claims on a key are numbered files, made by exclusive
 * create; the highest number owns; a takeover creates the next number, so that two processes taking over one dead
 * claim cannot both win (unlink-then-create lets them). Double execution is allowed, double publication is not: the
 * store sees to that.
 */
import { mkdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ClaimOwner, ProcessIdentity } from '../events.ts';
import { isDead, whyGone } from './claim-life.ts';
import { createExclusive, isErrno, jsonText, newNonce, readJson, whyNotWritable, writeAtomic } from './files.ts';
import { removeFolder } from './folders.ts';
import { namesIn } from './listing.ts';
import { currentProcess, isAlive } from './process-identity.ts';

/**
 * How an owner left its claim. Only a trial ends as `done`, and is nobody's again. A stage that was published is known by
 * its result: {@link removeClaims} comes first, and `released`, which then finds nothing to write to, ends the beats.
 */
export interface ClaimEnd {
  readonly state: 'done' | 'failed' | 'released';
  /** Anything the waiters need to know, such as the failure. */
  readonly detail?: unknown;
}

interface ClaimFile {
  readonly by: ProcessIdentity;
  /** When it was made, by the owner's clock; earlier versions did not say. */
  readonly at?: number;
  readonly nonce: string;
  /** Counts up while the owner lives, for observers that cannot see its pid. */
  readonly beat: number;
  /** How many owners in a row died without leaving it. */
  readonly deaths?: number;
  readonly end?: ClaimEnd;
}

export interface Claim {
  readonly number: number;
  /** Whether nobody has taken it over: who was counted as dead, and lives, has no word in it any more. */
  isOurs(): Promise<boolean>;
  /** Leaves the claim; waiters see it at once. */
  end(end: ClaimEnd): Promise<void>;
}

export type ClaimAttempt =
  | {
      readonly kind: 'owned';
      readonly claim: Claim;
      /** Owners before. */
      readonly restarts: number;
      /** How many of them in a row died rather than left it. */
      readonly deaths: number;
      readonly died?: Died;
    }
  | { readonly kind: 'held'; readonly by: ClaimOwner; readonly number: number }
  | { readonly kind: 'ended'; readonly end: ClaimEnd; readonly number: number };

/** The owner before, who died without leaving its claim, and why, where an authority knows. */
export interface Died {
  readonly by: ProcessIdentity;
  readonly why?: string;
}

export interface ClaimOptions {
  /** A claim is dead when its content has not changed for three leases by the observer's clock. */
  readonly leaseMs?: number;
  /**
   * Take the next number after a claim that its owner has ended, unless it is one that ended as `done`; an ended claim
   * with a number above `after` is returned instead, for a waiter that adopts what happened while it waited.
   */
  readonly after?: number;
}

const defaultLeaseMs = 10_000;

/** Tries once to own `folder`, which is one key's claims. Never waits. */
export async function tryClaim(folder: string, options: ClaimOptions = {}): Promise<ClaimAttempt> {
  const leaseMs = options.leaseMs ?? defaultLeaseMs;
  const highest = await highestClaim(folder);
  if (highest === undefined) return create(folder, 1, 0, leaseMs);
  const { number, file } = highest;
  if (file?.end !== undefined) {
    const adopted = options.after !== undefined && number > options.after;
    if (file.end.state === 'done' || (adopted && file.end.state === 'failed'))
      return { kind: 'ended', end: file.end, number };
    return create(folder, number + 1, 0, leaseMs);
  }
  if (file !== undefined && !isDead(join(folder, String(number)), file, leaseMs))
    return { kind: 'held', by: ownerIn(file), number };
  const taken = await create(folder, number + 1, (file?.deaths ?? 0) + 1, leaseMs);
  return taken.kind === 'owned' && file !== undefined ? { ...taken, died: diedBy(file) } : taken;
}

function diedBy({ by }: ClaimFile): Died {
  const why = whyGone(by);
  return { by, ...(why === undefined ? {} : { why }) };
}

/** The newest claim on a key and whether a living owner holds it; undefined where there is none. */
export async function observeClaim(
  folder: string,
  leaseMs: number = defaultLeaseMs,
): Promise<{ readonly number: number; readonly held: boolean } | undefined> {
  const highest = await highestClaim(folder);
  if (highest === undefined) return undefined;
  const { number, file } = highest;
  return {
    number,
    held: file !== undefined && file.end === undefined && !isDead(join(folder, String(number)), file, leaseMs),
  };
}

/** Whether a key's claims are of nobody any more: their newest owner has died. False where that cannot be judged. */
export async function isAbandoned(folder: string): Promise<boolean> {
  const file = (await highestClaim(folder))?.file;
  return file !== undefined && file.end === undefined && isAlive(file.by) === false;
}

/** Removes a key's claims once a published result says all there is to say. */
export async function removeClaims(folder: string): Promise<void> {
  const aside = `${folder}.${newNonce()}.old`;
  try {
    await rename(folder, aside); // one step: nobody sees a folder that has lost its highest number only
    await removeFolder(aside);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
}

async function create(folder: string, number: number, deaths: number, leaseMs: number): Promise<ClaimAttempt> {
  const path = join(folder, String(number));
  const file: ClaimFile = { by: currentProcess(), at: Date.now(), nonce: newNonce(), beat: 0, deaths };
  if (!(await createIn(folder, path, jsonText(file)))) {
    const winner = await readJson<ClaimFile>(path);
    return { kind: 'held', by: ownerIn(winner ?? file), number };
  }
  return { kind: 'owned', claim: keep(path, number, file, leaseMs), restarts: number - 1, deaths };
}

function ownerIn({ by, at }: ClaimFile): ClaimOwner {
  return { ...by, ...(at === undefined ? {} : { since: at }) };
}

const mostTries = 50;

/** The folder may be removed at any moment, by one who published: then it is made anew. */
async function createIn(folder: string, path: string, text: string): Promise<boolean> {
  for (let tries = 1; ; tries++) {
    try {
      await mkdir(folder, { recursive: true });
      return await createExclusive(path, text);
    } catch (error) {
      if (!isErrno(error, 'ENOENT')) throw error;
      if (tries === mostTries) throw (await whyNotWritable(folder)) ?? error;
    }
  }
}

/** Beats while the claim is held. */
function keep(path: string, number: number, file: ClaimFile, leaseMs: number): Claim {
  let beat = 0;
  let writing: Promise<void> = Promise.resolve();
  const write = (next: ClaimFile) => {
    const written = writing.then(() => rewrite(path, next));
    writing = written.catch(() => undefined); // a missed beat is made up by the next, and is no matter of the end
    return written;
  };
  const timer = setInterval(() => {
    beat += 1;
    write({ ...file, beat }).catch(() => undefined);
  }, leaseMs);
  timer.unref();
  return {
    number,
    isOurs: async () => {
      const newest = await highestClaim(dirname(path));
      return newest?.number === number && newest.file?.nonce === file.nonce;
    },
    end: async (end) => {
      clearInterval(timer);
      await write({ ...file, beat, end });
    },
  };
}

/**
 * Nothing is written where the folder has been removed: its key was published meanwhile, and a claim of the same number
 * may be another's by now.
 */
async function rewrite(path: string, file: ClaimFile): Promise<void> {
  if ((await readJson<ClaimFile>(path))?.nonce === file.nonce) await writeAtomic(path, jsonText(file));
}

async function highestClaim(folder: string): Promise<{ number: number; file: ClaimFile | undefined } | undefined> {
  const names = await namesIn(folder);
  const numbers = names.filter((name) => /^\d+$/.test(name)).map(Number);
  if (numbers.length === 0) return undefined;
  const number = Math.max(...numbers);
  return { number, file: await readJson<ClaimFile>(join(folder, String(number))) };
}
