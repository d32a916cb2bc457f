/** One stage of a submitted attempt, in its job: found out what its key is where it runs, and brought to its result. */
import { type Failure, UserError } from '../../errors.ts';
import { isNothing, type Sink } from '../../events.ts';
import type { Pipeline, Stage } from '../../pipeline/types.ts';
import { configHashOf } from '../../plan/config-hash.ts';
import { upstream } from '../../plan/graph.ts';
import type { Surveyed } from '../../plan/surroundings.ts';
import type { Submission } from '../../slurm/submissions.ts';
import { say, wordOf } from '../../slurm/words.ts';
import { newestLock } from '../../store/attempts.ts';
import { beginUsing, usePublished } from '../../store/in-use.ts';
import type { Layout } from '../../store/layout.ts';
import { type HashMemo, openMemo } from '../../store/memo.ts';
import type { StageLock } from '../../store/published.ts';
import { attemptName } from '../attempt-recorder.ts';
import { executeStage, type StageResult } from '../execute-stage.ts';
import { slotsOfJob } from '../ledger.ts';
import { localExecutor } from '../local.ts';
import { remoteOf } from '../prepare-run.ts';
import { notRun, stageFinished } from '../results.ts';
import { runContext } from '../run-context.ts';
import { surveyAll } from '../survey-all.ts';
import { changedSince } from './given.ts';
import { type JoinedRecorder, joinAttempt } from './joined-recorder.ts';

export interface StageJob {
  readonly layout: Layout;
  readonly submission: Submission;
  readonly pipeline: Pipeline;
  readonly stage: Stage;
  /** As the queue names it, and how often it was put back there. */
  readonly job: string;
  readonly restart: number;
  readonly sink: Sink;
  readonly signal: AbortSignal;
  /** What became of a stage that was stopped; `again` where the job is put back and goes on with it. */
  readonly stopped: (result: StageResult) => Promise<StageResult | 'again'>;
}

/** @returns undefined where the job was put back: its stage has no end yet */
export async function runStageJob(request: StageJob): Promise<StageResult | undefined> {
  const { layout, submission, pipeline, job, restart } = request;
  const said = await resultSaid(request);
  if (said !== undefined) return said;
  const recorder = joinAttempt(layout, submission.id, (event) => {
    say(layout, submission.id, { job, restart, event });
    request.sink(event);
  });
  try {
    const ended = await bringToResult(request, recorder);
    const result = isStopped(ended) ? await request.stopped(ended) : ended;
    if (result === 'again') return undefined;
    // Of a stage that was stopped nothing is said: its job may come again, and the queue tells who seals the attempt why.
    if (!isStopped(result)) recorder.stageFinished(stageFinished(pipeline, result));
    return result;
  } finally {
    recorder.close();
  }
}

/** A job may come again though its stage had its result: what was said of it stands. */
async function resultSaid({ layout, submission, stage }: StageJob): Promise<StageResult | undefined> {
  const { finished } = await wordOf(layout, submission.id, stage.name);
  if (finished?.fingerprint === undefined || isNothing(finished.outcome)) return undefined;
  const { outcome, fingerprint, durationMs } = finished;
  const lock = await usePublished(layout, fingerprint);
  return lock && { name: stage.name, outcome, fingerprint, lock, durationMs };
}

const isStopped = ({ failure }: StageResult) => failure?.kind === 'cancelled';

async function bringToResult(request: StageJob, recorder: JoinedRecorder): Promise<StageResult> {
  const { layout, stage } = request;
  const using = beginUsing(layout, 'what it marks');
  const memo = await openMemo(layout.memo);
  try {
    const surveyed = await surveyedAsSubmitted(request, memo);
    if ('kind' in surveyed) return { name: stage.name, outcome: 'failed', durationMs: 0, failure: surveyed };
    const before = await resultsBefore(request, memo);
    if ('kind' in before) return notRun(stage, before);
    return await executed(request, recorder, memo, new Map([[stage.name, surveyed]]), before);
  } finally {
    await memo.save();
    using.end();
  }
}

async function executed(
  { layout, submission, pipeline, stage, sink, signal }: StageJob,
  recorder: JoinedRecorder,
  memo: HashMemo,
  surveys: ReadonlyMap<string, Surveyed>,
  before: ReadonlyMap<string, StageLock>,
): Promise<StageResult> {
  const { force, isolated, runNonce: nonce, id } = submission;
  const executor = localExecutor();
  const remote = await remoteOf(pipeline, sink);
  try {
    const context = runContext({
      ...{ pipeline, layout, memo, surveys, recorder, sink, force, isolated, nonce, executor, remote },
      ...{ stopping: signal, interrupted: signal, judge: undefined, slots: slotsOfJob(layout) },
      previous: await newestLock(layout, id.configHash),
    });
    const result = await executeStage(context, stage, before);
    // Made by a job of this attempt that was ended before it could say so.
    const isOwn = result.outcome === 'cached' && result.lock?.execution.run === attemptName(id);
    return isOwn ? { ...result, outcome: 'ran' } : result;
  } finally {
    executor.close();
    await remote?.settled();
  }
}

/** The record tells what the attempt was submitted with: a stage of other code has no place in it. */
async function surveyedAsSubmitted(
  { layout, submission, pipeline, stage }: StageJob,
  memo: HashMemo,
): Promise<Surveyed | Failure> {
  const changed = (paths: readonly string[]): Failure => ({ kind: 'inputs-changed', paths, queued: true });
  if (configHashOf(pipeline) !== submission.id.configHash) return changed(['pipeline.yaml']);
  try {
    const surveyed = (await surveyAll(pipeline, [stage], layout, memo)).get(stage.name);
    if (surveyed === undefined) throw new Error(`stage ${stage.name} was not surveyed`);
    const paths = changedSince(submission, stage.name, surveyed);
    return paths.length === 0 ? surveyed : changed(paths);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return changed(error.diagnostics.map(({ message }) => message));
  }
}

/** Jobs begin when those they wait for have ended well: a result that is not there was lost since. */
async function resultsBefore(
  { layout, submission, stage }: StageJob,
  memo: HashMemo,
): Promise<ReadonlyMap<string, StageLock> | Failure> {
  const locks = new Map<string, StageLock>();
  for (const name of upstream(stage)) {
    const fingerprint =
      submission.known[name]?.fingerprint ?? (await wordOf(layout, submission.id, name)).finished?.fingerprint;
    const lock = fingerprint && (await usePublished(layout, fingerprint, memo));
    if (lock === undefined) return { kind: 'dependency-failed', stage: name };
    locks.set(name, lock);
  }
  return locks;
}
