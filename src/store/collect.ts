/**
 * What can go from a store, and its going. Pointers are read first, then what there is; each thing is moved to the trash,
 * looked at once more, and put back where somebody has come to need it. Safe beside any number of running processes.
 */
import { unreachable } from '../errors.ts';
import { type ClaimAttempt, tryClaim } from './claims.ts';
import { removeDanglingLinks } from './collect-links.ts';
import { type ObjectsKept, planObjects, putBackNeeded, removeObjects } from './collect-objects.ts';
import { planRest, type RestToGo, removeRest } from './collect-rest.ts';
import { planResults, type ResultToGo, removeResult } from './collect-results.ts';
import { isFull } from './files.ts';
import { whoUses } from './in-use.ts';
import type { Layout } from './layout.ts';

/** Why the results of an attempt stay: `pointed-at` where nothing more is known of it than that it needs them. */
export type AttemptReason = 'pinned' | 'tagged' | 'running' | 'best' | 'last' | 'younger' | 'pointed-at';

export interface Keep {
  /** Attempts, as `HASH@2`, whose results may go; of any other they stay. */
  readonly dropped: ReadonlySet<string>;
  /** Why they stay of those that do. */
  readonly because?: ReadonlyMap<string, AttemptReason>;
  /** Bytes that results may take together: those that need not be kept go only while they take more. */
  readonly maxBytes?: number;
}

export interface CollectRequest {
  readonly layout: Layout;
  readonly keep: Keep;
  /** Things younger than this stay, in milliseconds; a day, or zero. */
  readonly graceMs: number;
  readonly dryRun: boolean;
}

export interface Removed {
  readonly kind: 'result' | 'object' | RestToGo['kind'];
  /** Below `runs/`. */
  readonly path: string;
  readonly bytes: number;
}

/** A result that stays. */
export interface Kept {
  /** Below `runs/`. */
  readonly path: string;
  readonly bytes: number;
  /**
   * Of an attempt, or: used by a running process, made or used within the grace, claimed by somebody who makes it again,
   * not needed but within the size to keep to.
   */
  readonly why: AttemptReason | 'in-use' | 'recent' | 'claimed' | 'room';
  /** The attempt that keeps it, `HASH@2`. */
  readonly by?: string;
}

export type Collected =
  | { readonly kind: 'busy' /** Another collection is under way. */; readonly pid: number; readonly host: string }
  | {
      readonly kind: 'done';
      readonly removed: readonly Removed[];
      readonly kept: readonly Kept[];
      readonly objects: ObjectsKept;
    };

export async function collect(request: CollectRequest): Promise<Collected> {
  if (request.dryRun) return await go(request);
  const folder = request.layout.claims('gc');
  let attempt = await claimIfRoom(folder);
  const first = attempt === undefined ? await makeRoom(request) : [];
  attempt ??= await claimIfRoom(folder);
  switch (attempt?.kind) {
    case undefined:
      return await go(request, first);
    case 'held':
      return { kind: 'busy', pid: attempt.by.pid, host: attempt.by.host };
    case 'ended':
      throw new Error('a collection never ends as done');
    case 'owned':
      try {
        return await go(request, first);
      } finally {
        await attempt.claim.end({ state: 'released' }).catch(unlessFull);
      }
    default:
      return unreachable(attempt);
  }
}

/** Undefined on a full disk: who frees it goes on without. */
async function claimIfRoom(folder: string): Promise<ClaimAttempt | undefined> {
  return await tryClaim(folder).catch(unlessFull);
}

function unlessFull(error: unknown): undefined {
  if (!isFull(error)) throw error;
}

/** What is no result goes first, on a full disk: to remove a result something may have to be written. */
async function makeRoom(request: CollectRequest): Promise<Removed[]> {
  const rest = await planRest(request, await whoUses(request.layout));
  const room = rest.filter(({ kind }) => kind !== 'quarantine'); // of those locks are kept
  for (const thing of room) await removeRest(request.layout, thing);
  return room.map(({ kind, path, bytes }) => ({ kind, path, bytes }));
}

/** @param first what was removed already */
async function go(request: CollectRequest, first: readonly Removed[] = []): Promise<Collected> {
  const startedMs = Date.now();
  if (!request.dryRun) await putBackNeeded(request.layout);
  const before = await whoUses(request.layout); // first: who comes later marks what it uses later than this
  const results = await planResults(request, before, startedMs);
  const { gone, stayed } = request.dryRun
    ? { gone: results.toGo, stayed: [] }
    : await removeResults(request, results.toGo);
  const objects = await planObjects(request);
  const orphans = request.dryRun ? objects.toGo : await removeObjects(request.layout, objects);
  const rest = await planRest(request, before);
  if (!request.dryRun) for (const thing of rest) await removeRest(request.layout, thing);
  return {
    kind: 'done',
    removed: [
      ...gone.map(({ path, bytes }): Removed => ({ kind: 'result', path, bytes })),
      ...orphans.map(({ path, bytes }): Removed => ({ kind: 'object', path, bytes })),
      ...[...first, ...rest].map(({ kind, path, bytes }): Removed => ({ kind, path, bytes })),
    ],
    kept: [...results.kept, ...stayed],
    objects: objects.kept,
  };
}

async function removeResults({ layout }: CollectRequest, toGo: readonly ResultToGo[]) {
  const gone: ResultToGo[] = [];
  const stayed: Kept[] = [];
  for (const result of toGo) {
    if (await removeResult(layout, result)) gone.push(result);
    else stayed.push({ path: result.path, bytes: result.bytes, why: 'in-use' });
  }
  await removeDanglingLinks(layout);
  return { gone, stayed };
}
