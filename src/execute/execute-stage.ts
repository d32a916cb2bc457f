/** One stage of one run: from its key to its result. Start reading here; mechanisms are elsewhere. */
import { mkdirSync, rmSync } from 'node:fs';
import { type Failure, unreachable } from '../errors.ts';
import type { StageOutcome } from '../events.ts';
import type { FingerprintHash } from '../hash.ts';
import { renderCommand } from '../pipeline/templates.ts';
import type { Stage } from '../pipeline/types.ts';
import { removeClaims } from '../store/claims.ts';
import { removeFolder } from '../store/files.ts';
import { usePublished } from '../store/in-use.ts';
import { publish, type StageLock } from '../store/published.ts';
import { claimOrWait, type Turn } from './claim-or-wait.ts';
import { followSeries } from './follow.ts';
import { inputStates } from './input-states.ts';
import { dependencyPaths, inputsMoved, keyOf, type StageKey, type Upstream } from './inputs.ts';
import { inProject, isolate } from './isolate.ts';
import type { RunContext } from './run-context.ts';
import { collect, describeStage, makeScratch, type Scratch } from './scratch.ts';
import type { Release } from './slots.ts';

export interface StageResult {
  readonly name: string;
  readonly outcome: StageOutcome;
  readonly fingerprint?: FingerprintHash;
  readonly lock?: StageLock;
  readonly durationMs: number;
  readonly failure?: Failure;
  readonly differing?: readonly string[];
}

export async function executeStage(run: RunContext, stage: Stage, upstream: Upstream): Promise<StageResult> {
  const startedMs = performance.now();
  const took = () => performance.now() - startedMs;
  const key = await keyOf(run.pipeline, stage, run.surveyed(stage), upstream, run.memo, run.nonce); // after its dependencies: they write its inputs
  const known = run.force ? undefined : await knownResult(run, stage, key);
  if (known !== undefined) return run.point(stage, known, took());
  const turn = await nextTurn(run, stage, key);
  const turnMs = performance.now(); // how long it waited for its turn says nothing of the stage
  switch (turn.kind) {
    case 'published':
      return run.point(stage, turn.lock, took());
    case 'failed':
      return failed(stage, key, turn.failure, took());
    case 'ours':
      return { ...(await execute(run, stage, key, upstream, turn)), durationMs: performance.now() - turnMs };
    default:
      return unreachable(turn);
  }
}

/** Here, or else in the remote: what is fetched from there is published here. */
async function knownResult(run: RunContext, stage: Stage, key: StageKey): Promise<StageLock | undefined> {
  const here = await usePublished(run.layout, key.hash, run.memo);
  if (here !== undefined || run.remote === undefined || stage.always) return here;
  return (await run.remote.fetch(run.layout, key.hash))
    ? await usePublished(run.layout, key.hash, run.memo)
    : undefined;
}

function nextTurn(run: RunContext, stage: Stage, key: StageKey): Promise<Turn> {
  return claimOrWait({
    layout: run.layout,
    fingerprint: key.hash,
    slots: run.slots,
    cpus: stage.resources.cpus,
    force: run.force,
    onWait: (owner) => run.waiting(stage, owner),
    signal: run.stopping,
  });
}

/** Runs the command under our claim, again where it may be retried, and publishes what came out. */
async function execute(
  run: RunContext,
  stage: Stage,
  key: StageKey,
  upstream: Upstream,
  turn: Extract<Turn, { kind: 'ours' }>,
): Promise<StageResult> {
  let result = failed(stage, key, { kind: 'cancelled' }, 0);
  try {
    for (let retry = 0; retry <= stage.retries; retry++) {
      result = await executeOnce(run, stage, key, upstream, retry, turn.release).catch((error: unknown) =>
        unwritable(stage, key, error),
      );
      if (result.failure === undefined || !mayRetry(result.failure)) break;
    }
    return result;
  } finally {
    turn.release();
    if (result.failure === undefined || stage.always) await removeFolder(run.layout.checkpoint(key.hash)); // no other run has the key of `always`
    if (result.failure === undefined) {
      await removeClaims(run.layout.claims(key.hash));
      await turn.claim.end({ state: 'released' });
    } else if (result.outcome === 'cancelled') {
      await turn.claim.end({ state: 'released' });
    } else {
      await turn.claim.end({ state: 'failed', detail: result.failure });
    }
  }
}

async function executeOnce(
  run: RunContext,
  stage: Stage,
  key: StageKey,
  upstream: Upstream,
  retry: number,
  release: Release,
): Promise<StageResult> {
  const attempt = await run.begin();
  await run.started(stage, key, retry);
  const scratch = await makeScratch(run.layout, stage);
  const startedAt = Date.now();
  const startedMs = performance.now();
  try {
    const surveyed = run.surveyed(stage);
    const before = await inputStates(run.pipeline, stage, surveyed);
    const exit = await runCommand(run, stage, key, upstream, scratch);
    if (!exit.ok) return failed(stage, key, exit.failure, 0);
    release(); // another stage may run while this one's outputs are hashed
    const moved = await inputsMoved(run.pipeline, stage, { key, surveyed, before }, upstream, run.layout, run.memo);
    if (moved !== undefined) return failed(stage, key, moved, 0);
    const files = { logFile: attempt.log(stage.name), seriesFile: attempt.series(stage.name) };
    const durationMs = performance.now() - startedMs;
    const collected = await collect(scratch, stage, key, { startedAt, durationMs, run: attempt.name, ...files });
    if (!collected.ok) return failed(stage, key, collected.failure, 0);
    const { lock, differing } = await publish(run.layout, scratch.folder, collected.lock);
    if (!stage.always) run.remote?.push(run.layout, lock);
    await run.pointTo(stage, key.hash);
    return {
      name: stage.name,
      outcome: 'ran',
      fingerprint: key.hash,
      lock,
      durationMs: 0,
      ...(differing.length > 0 ? { differing } : {}),
    };
  } finally {
    await removeFolder(scratch.folder);
  }
}

async function runCommand(run: RunContext, stage: Stage, key: StageKey, upstream: Upstream, scratch: Scratch) {
  const attempt = await run.begin();
  const deps = dependencyPaths(run.pipeline, stage, run.layout, upstream);
  const checkpoint = run.layout.checkpoint(key.hash);
  mkdirSync(checkpoint, { recursive: true });
  const place = await (run.isolated
    ? isolate(run.pipeline, stage, run.surveyed(stage), deps, run.layout, scratch.folder)
    : inProject(run.pipeline, stage, deps, run.layout));
  await describeStage(scratch, stage, key, place.deps);
  const own = {
    RETRIAL_STAGE: scratch.descriptionFile,
    RETRIAL_METRICS: attempt.series(stage.name),
    RETRIAL_CHECKPOINT: checkpoint,
  };
  rmSync(own.RETRIAL_METRICS, { recursive: true, force: true }); // what an earlier try of this attempt reported
  const stopFollowing = followSeries(own.RETRIAL_METRICS, attempt.id, stage.name, run.live);
  try {
    return await run.executor.run(
      {
        command: renderCommand(stage.cmd, {
          ...{ params: run.pipeline.params, deps: place.deps, outs: scratch.outs },
          ...(stage.item === undefined ? {} : { item: stage.item }),
        }),
        cwd: place.cwd,
        env: { ...place.env, ...own },
        mark: scratch.nonce, // in RETRIAL_STAGE
        logFile: attempt.log(stage.name),
        ...(stage.timeoutMs === undefined ? {} : { timeoutMs: stage.timeoutMs }),
      },
      run.interrupted,
    );
  } finally {
    await stopFollowing();
    await place.remove();
  }
}

/** A full disk, a lost permission: no bug of ours, and no result. Anything else is one. */
function unwritable(stage: Stage, key: StageKey, error: unknown): StageResult {
  if (!(error instanceof Error) || !('syscall' in error)) throw error;
  return failed(stage, key, { kind: 'store', message: error.message }, 0);
}

/** What another try may mend. A mistake in what was declared comes again. */
function mayRetry(failure: Failure): boolean {
  return ['exit', 'signal', 'timeout'].includes(failure.kind);
}

function failed(stage: Stage, key: StageKey, failure: Failure, durationMs: number): StageResult {
  const outcome = failure.kind === 'cancelled' ? 'cancelled' : 'failed';
  return { name: stage.name, outcome, fingerprint: key.hash, durationMs, failure };
}
