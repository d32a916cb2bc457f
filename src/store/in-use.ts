/**
 * Which results living processes use, so that none is collected under them. A process says once that it is there, in a
 * file of its own, and touches a file of each result it uses; it costs microseconds, and is gone when the process is.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FingerprintHash } from '../hash.ts';
import { readIfThere, unlessStale } from './files.ts';
import type { Layout } from './layout.ts';
import { namesIn } from './listing.ts';
import { attempted, markUsed, touch } from './mark-used.ts';
import { ownedName, ownerLives } from './owned-names.ts';
import { findPublished, type StageLock } from './published.ts';
import type { FileReader } from './tree.ts';

/** A reproduction or an archive may need any result; a run needs those that it marks. */
export type Scope = 'what it marks' | 'everything';

export interface Using {
  end(): void;
}

const refreshMs = 60 * 60 * 1000;
/** The file of a process that cannot be judged from here counts for so long after it was last refreshed. */
const silenceMs = 24 * refreshMs;
const suffix: Readonly<Record<Scope, string>> = { 'what it marks': '', everything: '.all' };

/** Before the first result is looked for. Whoever may not write to the store cannot say so, and needs not. */
export function beginUsing(layout: Layout, scope: Scope): Using {
  const file = join(layout.inUse, `${ownedName()}${suffix[scope]}`);
  const isSaid = attempted(() => {
    mkdirSync(layout.inUse, { recursive: true });
    writeFileSync(file, String(Date.now()));
  });
  if (!isSaid) return { end: () => undefined };
  const timer = setInterval(() => attempted(() => touch(file)), refreshMs);
  timer.unref();
  return {
    end: () => {
      clearInterval(timer);
      attempted(() => rmSync(file, { force: true }));
    },
  };
}

/** The published result of a key, marked as used by this process; undefined where there is none. */
export async function usePublished(layout: Layout, fingerprint: FingerprintHash, reader?: FileReader) {
  const lock: StageLock | undefined = await unlessStale(() => findPublished(layout, fingerprint, reader));
  return lock !== undefined && markUsed(layout, fingerprint) ? lock : undefined;
}

/** When a result was last made or used, in milliseconds since the epoch; undefined where there is none in the folder. */
export async function usedAtMs({ lock, used }: { lock: string; used: string }): Promise<number | undefined> {
  const [made, last] = await Promise.all([lock, used].map((file) => stat(file).catch(() => undefined)));
  return made === undefined ? undefined : Math.max(made.mtimeMs, last?.mtimeMs ?? 0);
}

/** What changes when the result in a folder is used, and when another is there. */
export async function useMark({ lock, used }: { lock: string; used: string }): Promise<string> {
  const at = await Promise.all([lock, used].map((file) => stat(file, { bigint: true }).catch(() => undefined)));
  return at.map((found) => `${found?.ino} ${found?.mtimeNs}`).join(', ');
}

export interface InUse {
  /** Any process at all. */
  readonly byAnyone: boolean;
  /** One that may need everything. */
  readonly entirely: boolean;
  /** Results marked since then are in use; milliseconds since the epoch, infinite where nobody is there. */
  readonly sinceMs: number;
  /** Files of processes that died. */
  readonly left: readonly string[];
}

/** Zero, at which everything counts as marked, where it is just being written. */
async function begunAtMs(file: string): Promise<number> {
  return Number((await readIfThere(file)) ?? 0);
}

export async function whoUses(layout: Layout): Promise<InUse> {
  const living: { name: string; atMs: number }[] = [];
  const left: string[] = [];
  for (const name of await namesIn(layout.inUse)) {
    const path = join(layout.inUse, name);
    const at = await stat(path).catch(() => undefined);
    const lives = ownerLives(name.replace(suffix.everything, ''));
    if (at === undefined) continue;
    if (lives === 'unknown' ? Date.now() - at.mtimeMs < silenceMs : lives)
      living.push({ name, atMs: await begunAtMs(path) });
    else left.push(path);
  }
  return {
    byAnyone: living.length > 0,
    entirely: living.some(({ name }) => name.endsWith(suffix.everything)),
    sinceMs: Math.min(...living.map(({ atMs }) => atMs)),
    left,
  };
}
