/** One stage of one run: from its key to its result. Start reading here; mechanisms are elsewhere. */
import { mkdirSync, rmSync } from 'node:fs';
import { type Failure, mayMend, unreachable } from '../errors.ts';
import type { StageOutcome } from '../events.ts';
import type { FingerprintHash } from '../hash.ts';
import { renderCommand } from '../pipeline/templates.ts';
import type { Stage } from '../pipeline/types.ts';
import { removeClaims } from '../store/claims.ts';
import { isSystemError } from '../store/files.ts';
import { leaveNothing, removeFolder } from '../store/folders.ts';
import { usePublished } from '../store/in-use.ts';
import { publish, type StageLock } from '../store/published.ts';
import { claimOrWait, type Turn } from './claim-or-wait.ts';
import type { Exit, Job } from './executor.ts';
import { followSeries } from './follow.ts';
import { inputStates } from './input-states.ts';
import { dependencyPaths, inputsMoved, keyUnlessGone, type StageKey, type Upstream } from './inputs.ts';
import { inProject, isolate, type StagePlace } from './isolate.ts';
import { judgeFile, stageJudge } from './judged.ts';
import type { RunContext } from './run-context.ts';
import { collect, describeStage, makeScratch, type Scratch } from './scratch.ts';
import type { Granted } from './slots.ts';

export interface StageResult {
  readonly name: string;
  readonly outcome: StageOutcome;
  readonly fingerprint?: FingerprintHash;
  readonly lock?: StageLock;
  readonly durationMs: number;
  readonly failure?: Failure;
  readonly differing?: readonly string[];
}

/** A stage that may run, as the steps below hand it on. */
interface KeyedStage {
  readonly run: RunContext;
  readonly stage: Stage;
  readonly key: StageKey;
  readonly upstream: Upstream;
}

export async function executeStage(run: RunContext, stage: Stage, upstream: Upstream): Promise<StageResult> {
  const startedMs = performance.now();
  const took = () => performance.now() - startedMs;
  const surveyed = run.surveyed(stage);
  const key = await keyUnlessGone(run.pipeline, stage, surveyed, upstream, run.memo, run.nonce); // after its dependencies: they write its inputs
  if ('kind' in key) return { name: stage.name, outcome: 'failed', durationMs: took(), failure: key };
  const keyed = { run, stage, key, upstream };
  const known = run.force ? undefined : await knownResult(keyed);
  if (known !== undefined) return pointJudged(keyed, known, took());
  const turn = await nextTurn(keyed);
  const turnMs = performance.now(); // how long it waited for its turn says nothing of the stage
  switch (turn.kind) {
    case 'published':
      return pointJudged(keyed, turn.lock, took());
    case 'failed':
      if (turn.failure.kind !== 'cancelled') await run.begin();
      return failed(keyed, turn.failure, took());
    case 'ours':
      return { ...(await executeUnderClaim(keyed, turn)), durationMs: performance.now() - turnMs };
    default:
      return unreachable(turn);
  }
}

/** A known result is judged as if it were reported now: a point that is asked again comes to the same end. */
async function pointJudged(keyed: KeyedStage, lock: StageLock, durationMs: number): Promise<StageResult> {
  const { run, stage, key } = keyed;
  const pruned = run.judge && (await judgeFile(stage.name, run.layout.stage(key.hash).series, run.judge));
  if (pruned === undefined) return run.point(stage, lock, durationMs);
  await run.begin();
  return failed(keyed, pruned, durationMs);
}

/** Here, or else in the remote: what is fetched from there is published here. */
async function knownResult({ run, stage, key }: KeyedStage): Promise<StageLock | undefined> {
  const here = await usePublished(run.layout, key.hash, run.memo);
  if (here !== undefined || run.remote === undefined || stage.always) return here;
  return (await run.remote.fetch(run.layout, key.hash))
    ? await usePublished(run.layout, key.hash, run.memo)
    : undefined;
}

function nextTurn({ run, stage, key }: KeyedStage): Promise<Turn> {
  return claimOrWait({
    layout: run.layout,
    fingerprint: key.hash,
    slots: run.slots,
    needs: stage.resources,
    force: run.force,
    onWait: (owner) => run.waiting(stage, owner),
    signal: run.stopping,
  });
}

/** Runs the command, again where it may be retried, and publishes what came out; then leaves the claim. */
async function executeUnderClaim(keyed: KeyedStage, turn: Extract<Turn, { kind: 'ours' }>): Promise<StageResult> {
  const { run, stage, key } = keyed;
  let result = failed(keyed, { kind: 'cancelled' }, 0);
  try {
    for (let retry = 0; retry <= stage.retries; retry++) {
      result = await executeOnce(keyed, retry, turn.granted).catch((error: unknown) => unwritable(keyed, error));
      if (result.failure === undefined || !mayMend(result.failure)) break;
    }
    result = await unlessOvertaken(keyed, result);
    return result;
  } finally {
    turn.granted.release();
    if (result.failure === undefined || stage.always) await removeFolder(run.layout.checkpoint(key.hash)); // no other run has the key of `always`
    if (result.failure === undefined) {
      await removeClaims(run.layout.claims(key.hash));
      await turn.claim.end({ state: 'released' });
    } else if (result.outcome === 'cancelled' || result.outcome === 'pruned') {
      await turn.claim.end({ state: 'released' }); // to others who wait for it, it is no result
    } else {
      await turn.claim.end({ state: 'failed', detail: result.failure });
    }
  }
}

/** Who was counted as dead and lives fails where another has published meanwhile, and cleared what both worked on: that is its result. */
async function unlessOvertaken(keyed: KeyedStage, result: StageResult): Promise<StageResult> {
  const { run, stage, key } = keyed;
  if (result.outcome !== 'failed' || run.force || stage.always) return result;
  const lock = await usePublished(run.layout, key.hash);
  return lock === undefined ? result : pointJudged(keyed, lock, 0);
}

async function executeOnce(keyed: KeyedStage, retry: number, granted: Granted): Promise<StageResult> {
  const { run, stage, key, upstream } = keyed;
  const attempt = await run.begin();
  await run.started(stage, key, retry);
  const scratch = await makeScratch(run.layout, stage);
  const startedAt = Date.now();
  const startedMs = performance.now();
  try {
    const surveyed = run.surveyed(stage);
    const before = await inputStates(run.pipeline, stage, surveyed);
    const exit = await runCommand(keyed, scratch, granted);
    if (!exit.ok) return failed(keyed, exit.failure, 0);
    granted.release(); // another stage may run while this one's outputs are hashed
    const moved = await inputsMoved(run.pipeline, stage, { key, surveyed, before }, upstream, run.layout, run.memo);
    if (moved !== undefined) return failed(keyed, moved, 0);
    const files = { logFile: attempt.log(stage.name), seriesFile: attempt.series(stage.name) };
    const durationMs = performance.now() - startedMs;
    const collected = await collect(scratch, stage, key, { startedAt, durationMs, run: attempt.name, ...files });
    if (!collected.ok) return failed(keyed, collected.failure, 0);
    return await publishResult(keyed, scratch, collected.lock);
  } finally {
    await leaveNothing(() => removeFolder(scratch.folder));
  }
}

async function publishResult({ run, stage, key }: KeyedStage, scratch: Scratch, made: StageLock): Promise<StageResult> {
  const { lock, differing } = await publish(run.layout, scratch.folder, made);
  if (!stage.always) run.remote?.push(run.layout, lock);
  await run.pointTo(stage, key.hash);
  const result = { name: stage.name, outcome: 'ran', fingerprint: key.hash, lock, durationMs: 0 } as const;
  return differing.length > 0 ? { ...result, differing } : result;
}

async function runCommand(keyed: KeyedStage, scratch: Scratch, granted: Granted): Promise<Exit> {
  const { run, stage, upstream } = keyed;
  const deps = dependencyPaths(run.pipeline, stage, run.layout, upstream);
  const place = await (run.isolated
    ? isolate(run.pipeline, stage, run.surveyed(stage), deps, run.layout, scratch.folder)
    : inProject(run.pipeline, stage, deps, run.layout));
  try {
    return await runIn(place, keyed, scratch, granted);
  } finally {
    await leaveNothing(place.remove);
  }
}

async function runIn(
  place: StagePlace,
  { run, stage, key }: KeyedStage,
  scratch: Scratch,
  { gpus }: Granted,
): Promise<Exit> {
  const attempt = await run.begin();
  const own = {
    RETRIAL_STAGE: scratch.descriptionFile,
    RETRIAL_METRICS: attempt.series(stage.name),
    RETRIAL_CHECKPOINT: run.layout.checkpoint(key.hash),
  };
  await describeStage(scratch, stage, key, place.deps);
  mkdirSync(own.RETRIAL_CHECKPOINT, { recursive: true });
  rmSync(own.RETRIAL_METRICS, { recursive: true, force: true }); // what an earlier try of this attempt reported
  const job: Job = {
    command: renderCommand(stage.cmd, {
      ...{ params: run.pipeline.params, deps: place.deps, outs: scratch.outs },
      ...(stage.item === undefined ? {} : { item: stage.item }),
    }),
    cwd: place.cwd,
    env: { ...place.env, ...own, ...(gpus.length === 0 ? {} : { CUDA_VISIBLE_DEVICES: gpus.join(',') }) },
    mark: scratch.nonce, // in RETRIAL_STAGE
    logFile: attempt.log(stage.name),
    ...(stage.timeoutMs === undefined ? {} : { timeoutMs: stage.timeoutMs }),
  };
  const judge = run.judge && stageJudge(stage.name, run.judge);
  const stopFollowing = followSeries(own.RETRIAL_METRICS, attempt.id, stage.name, run.live, judge);
  const ending = judge === undefined ? run.interrupted : AbortSignal.any([run.interrupted, judge.signal]);
  const exit = await run.executor.run(job, ending).finally(stopFollowing);
  const pruned = judge?.verdict();
  // Also where it came to its end before the verdict: whether a trial is pruned does not depend on who was faster.
  return pruned === undefined || run.interrupted.aborted ? exit : { ok: false, failure: pruned };
}

/** A full disk, a lost permission: no bug of ours, and no result. Anything else is one. */
function unwritable(keyed: KeyedStage, error: unknown): StageResult {
  if (!isSystemError(error)) throw error;
  return failed(keyed, { kind: 'store', message: error.message }, 0);
}

function failed({ stage, key }: KeyedStage, failure: Failure, durationMs: number): StageResult {
  const outcome = failure.kind === 'cancelled' || failure.kind === 'pruned' ? failure.kind : 'failed';
  return { name: stage.name, outcome, fingerprint: key.hash, durationMs, failure };
}
