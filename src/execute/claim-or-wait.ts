/** One of several processes that need the same result computes it; the others wait, holding nothing. */
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Failure } from '../errors.ts';
import type { ClaimOwner } from '../events.ts';
import type { FingerprintHash } from '../hash.ts';
import { type Claim, type ClaimAttempt, observeClaim, tryClaim } from '../store/claims.ts';
import { unlessStale } from '../store/files.ts';
import { usePublished } from '../store/in-use.ts';
import type { Layout } from '../store/layout.ts';
import { isStopped } from '../store/process-identity.ts';
import type { StageLock } from '../store/published.ts';
import type { Granted, Needs, Slots } from './slots.ts';

export type Turn =
  | { readonly kind: 'ours'; readonly claim: Claim; readonly granted: Granted }
  | { readonly kind: 'published'; readonly lock: StageLock }
  /** The stage failed in another process while this one waited for it, or can have no turn. */
  | { readonly kind: 'failed'; readonly failure: Failure };

export interface TurnRequest {
  readonly layout: Layout;
  readonly fingerprint: FingerprintHash;
  readonly slots: Slots;
  readonly needs: Needs;
  /** Compute it even where it is published. */
  readonly force: boolean;
  /** Called when the wait begins, when the owner is stopped or goes on, and now and then. */
  readonly onWait: (owner: ClaimOwner) => void;
  readonly signal?: AbortSignal;
}

const pollMs = { first: 20, most: 500 };
const tellMs = 30_000;

/** Takes slots, tries the claim, gives the slots back, waits holding nothing: no order of the two deadlocks. */
export async function claimOrWait(request: TurnRequest): Promise<Turn> {
  const { layout, fingerprint } = request;
  const folder = layout.claims(fingerprint);
  const lacking = request.slots.lacking(request.needs);
  if (lacking !== undefined) return { kind: 'failed', failure: lacking };
  let after: number | undefined;
  for (;;) {
    const granted = await request.slots.take(request.needs, request.signal);
    if (granted === undefined || request.signal?.aborted)
      return giveBack(granted, { kind: 'failed', failure: { kind: 'cancelled' } });
    const attempt = await tryClaimWith(granted, folder, after);
    if (attempt.kind === 'owned') {
      const lock = request.force ? undefined : await usePublished(layout, fingerprint);
      if (lock === undefined) return { kind: 'ours', claim: attempt.claim, granted };
      await attempt.claim.end({ state: 'released' });
      return giveBack(granted, { kind: 'published', lock });
    }
    granted.release();
    if (attempt.kind === 'ended' && attempt.end.state === 'failed')
      return { kind: 'failed', failure: attempt.end.detail as Failure };
    if (attempt.kind === 'held') {
      if (after === undefined) request.onWait(attempt.by);
      after ??= attempt.number - 1;
    }
    await untilMoved(request, attempt.number, attempt.kind === 'held' ? attempt.by : undefined);
    const lock = request.force ? undefined : await usePublished(layout, fingerprint);
    if (lock !== undefined) return { kind: 'published', lock };
  }
}

async function tryClaimWith(granted: Granted, folder: string, after: number | undefined): Promise<ClaimAttempt> {
  try {
    return await unlessStale(() => tryClaim(folder, after === undefined ? {} : { after }));
  } catch (error) {
    granted.release();
    throw error;
  }
}

/** Until the result is there, the claim has been left or taken over, or its owner has died: one that is stopped lives. */
async function untilMoved(request: TurnRequest, number: number, owner: ClaimOwner | undefined): Promise<void> {
  const { layout, fingerprint } = request;
  let told = { stopped: false, atMs: performance.now() };
  for (let waitMs = pollMs.first; ; waitMs = Math.min(waitMs * 1.5, pollMs.most)) {
    await sleep(waitMs);
    if (request.signal?.aborted || (!request.force && existsSync(layout.stage(fingerprint).lock))) return;
    const state = await unlessStale(() => observeClaim(layout.claims(fingerprint)));
    if (state === undefined || state.number !== number || !state.held) return;
    if (owner === undefined) continue;
    const stopped = isStopped(owner);
    if (stopped === told.stopped && performance.now() - told.atMs < tellMs) continue;
    told = { stopped, atMs: performance.now() };
    request.onWait({ ...owner, stopped });
  }
}

function giveBack(granted: Granted | undefined, turn: Turn): Turn {
  granted?.release();
  return turn;
}
