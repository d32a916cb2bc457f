/**
 * Runs one stage of a past attempt again. It is given the recorded outputs of the stages before it where these are still
 * there, so that it is judged alone. Where a stage before it came out different, it is run once more on what came out:
 * only that tells what the difference does to its metrics.
 */
import { mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Sink } from '../events.ts';
import type { FingerprintHash } from '../hash.ts';
import type { Pipeline, Stage } from '../pipeline/types.ts';
import { upstream } from '../plan/graph.ts';
import { type Surveyed, survey } from '../plan/surroundings.ts';
import { newNonce } from '../store/files.ts';
import { type Layout, layoutOf } from '../store/layout.ts';
import type { HashMemo } from '../store/memo.ts';
import { differingOutputs, type StageLock } from '../store/published.ts';
import type { AttemptRecorder } from './attempt-recorder.ts';
import { executeStage, type StageResult } from './execute-stage.ts';
import type { Executor } from './executor.ts';
import { keyOf, type StageKey } from './inputs.ts';
import { givingEnv, withRecordedEnv } from './reproduce-env.ts';
import { type RecordedAttempt, type RecordedStage, recordedKey } from './reproduce-record.ts';
import { notRun, stageFinished } from './results.ts';
import { runContext } from './run-context.ts';
import type { Slots } from './slots.ts';

export interface Session {
  /** The store of the project: results on record are read from it, and nothing is written to it. */
  readonly layout: Layout;
  /** The folder of this reproduction. */
  readonly aside: Layout;
  readonly recorded: RecordedAttempt;
  /** The pipeline as the stage is run: rebuilt, or on today's code. */
  pipelineOf(stage: string): Pipeline;
  readonly memo: HashMemo;
  readonly executor: Executor;
  readonly slots: Slots;
  readonly recorder: AttemptRecorder;
  readonly sink: Sink;
  readonly interrupted: AbortSignal;
  /** Results that came out the same in this process already, by their key: not run for each of many runs. */
  readonly same: Map<FingerprintHash, StageLock>;
}

/** A result and the store it lies in. */
interface Located {
  readonly lock: StageLock;
  readonly layout: Layout;
}

export interface StageCheck {
  readonly stage: Stage;
  readonly recorded?: RecordedStage;
  /** On the recorded inputs, as far as they are still there. */
  readonly alone: StageResult;
  /** On what the stages before it came to this time; the same object where that makes no difference. */
  readonly carried: StageResult;
  /** What the stages after it are given, where their recorded inputs are gone. */
  readonly output?: Located;
  /** Stages before it that it was given a different output of, as the recorded one is gone. */
  readonly follows: readonly string[];
  /** The key it was run under; absent where it was not run. */
  readonly key?: StageKey;
}

export async function checkStage(
  session: Session,
  stage: Stage,
  before: ReadonlyMap<string, StageCheck>,
): Promise<StageCheck> {
  const recorded = session.recorded.stages.get(stage.name);
  const names = upstream(stage);
  const now = (name: string) => before.get(name)?.output;
  const given = new Map(names.map((name) => [name, onRecord(session, name) ?? now(name)]));
  const failing = names.find((name) => given.get(name) === undefined);
  const facts = { stage, ...(recorded === undefined ? {} : { recorded }) };
  if (failing !== undefined) {
    const result = notRun(stage, { kind: 'dependency-failed', stage: failing });
    return { ...facts, alone: result, carried: result, follows: [] };
  }
  const changed = (name: string, located: Located | undefined) => differs(session, name, located);
  const follows = names.filter((name) => changed(name, given.get(name)));
  const { result: alone, layout, key } = await runAlone(session, stage, recorded, given as Map<string, Located>);
  const moved = names.filter((name) => now(name) !== undefined && changed(name, now(name)) && !follows.includes(name));
  if (moved.length === 0 || alone.lock === undefined)
    return { ...facts, key, alone, carried: alone, follows, ...located(alone, layout) };
  const latest = new Map(names.map((name) => [name, now(name) ?? (given.get(name) as Located)]));
  const aside = layoutOf(join(session.aside.runs, 'carried', stage.name));
  const { result: carried } = await execute(session, stage, aside, latest);
  return { ...facts, key, alone, carried, follows, ...located(carried, aside) };
}

function located({ lock }: StageResult, layout: Layout): { output?: Located } {
  return lock === undefined ? {} : { output: { lock, layout } };
}

function onRecord({ recorded, layout }: Session, name: string): Located | undefined {
  const stage = recorded.stages.get(name);
  return stage?.standing === true ? { lock: stage.lock, layout } : undefined;
}

function differs({ recorded }: Session, name: string, located: Located | undefined): boolean {
  const stage = recorded.stages.get(name);
  return stage !== undefined && located !== undefined && differingOutputs(stage.lock, located.lock).length > 0;
}

/** Not run again where this process has seen the same result come out the same, and it lies in the store. */
async function runAlone(
  session: Session,
  stage: Stage,
  recorded: RecordedStage | undefined,
  given: ReadonlyMap<string, Located>,
): Promise<Executed & { readonly layout: Layout }> {
  const seen = recorded?.standing === true ? session.same.get(recorded.lock.fingerprint) : undefined;
  if (seen !== undefined) {
    const result = {
      name: stage.name,
      outcome: 'cached',
      fingerprint: seen.fingerprint,
      lock: seen,
      durationMs: 0,
    } as const;
    session.recorder.stageFinished(stageFinished(session.pipelineOf(stage.name), result));
    return { result, layout: session.layout, key: { hash: seen.fingerprint, fingerprint: recordedKey(seen) } };
  }
  const layout = layoutOf(join(session.aside.runs, 'alone', stage.name));
  const { result, key } = await execute(session, stage, layout, given);
  const { lock } = result;
  if (
    recorded !== undefined &&
    lock?.fingerprint === recorded.lock.fingerprint &&
    differingOutputs(recorded.lock, lock).length === 0
  )
    session.same.set(lock.fingerprint, recorded.lock);
  return { result, layout, key };
}

interface Executed {
  readonly result: StageResult;
  readonly key: StageKey;
}

/** Runs the stage in a store of its own, where nothing is known but links to what it is given. */
async function execute(
  session: Session,
  stage: Stage,
  layout: Layout,
  given: ReadonlyMap<string, Located>,
): Promise<Executed> {
  const pipeline = session.pipelineOf(stage.name);
  const before = session.recorded.stages.get(stage.name)?.lock.key;
  const nonce = typeof before?.always === 'string' ? before.always : newNonce();
  const surveyed = withRecordedEnv(await surveyAgain(session, pipeline, stage), before?.env);
  await linkResults(layout, given.values());
  const { memo, slots, recorder, sink, interrupted } = session;
  const context = runContext({
    ...{ pipeline, layout, memo, slots, recorder, sink, interrupted, stopping: interrupted },
    ...{
      previous: undefined,
      force: false,
      isolated: false,
      judge: undefined,
      surveys: new Map([[stage.name, surveyed]]),
    },
    nonce,
    executor: givingEnv(session.executor, surveyed.surroundings.env),
  });
  const upstreamLocks = new Map([...given].map(([name, { lock }]) => [name, lock]));
  const key = await keyOf(pipeline, stage, surveyed, upstreamLocks, memo, nonce); // also of a stage that then fails
  const result = await executeStage({ ...context, pointTo: async () => undefined }, stage, upstreamLocks);
  recorder.stageFinished(stageFinished(pipeline, result));
  return { result, key };
}

function surveyAgain({ memo, aside }: Session, { root }: Pipeline, stage: Stage): Promise<Surveyed> {
  return survey(stage, { root, memo, memoFolder: aside.memo });
}

async function linkResults(layout: Layout, given: Iterable<Located>): Promise<void> {
  for (const { lock, layout: from } of given) {
    const link = layout.stage(lock.fingerprint).folder;
    await mkdir(dirname(link), { recursive: true });
    await symlink(from.stage(lock.fingerprint).folder, link).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error; // two stages before it with one result
    });
  }
}
