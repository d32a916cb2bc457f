/** What a run needs before its first stage: its plan, its record, and what its stages share. */
import { resolve } from 'node:path';
import type { Sink } from '../events.ts';
import type { Pipeline, Stage } from '../pipeline/types.ts';
import { configHashOf } from '../plan/config-hash.ts';
import { expandTargets, stagesInOrder } from '../plan/graph.ts';
import type { Surveyed } from '../plan/surroundings.ts';
import { type AttemptLock, newestLock } from '../store/attempts.ts';
import { newNonce } from '../store/files.ts';
import { openMemo } from '../store/memo.ts';
import { currentProcess } from '../store/process-identity.ts';
import type { Remote } from '../store/remote.ts';
import { type AttemptRecorder, attemptRecorder, type RecorderOptions } from './attempt-recorder.ts';
import { slotsFor } from './ledger.ts';
import { localExecutor } from './local.ts';
import type { RunRequest } from './run.ts';
import { type RunContext, runContext } from './run-context.ts';
import { surveyAll } from './survey-all.ts';

export interface PreparedRun {
  readonly context: RunContext;
  readonly recorder: AttemptRecorder;
  /** Dependencies first. */
  readonly stages: readonly Stage[];
  readonly surveys: ReadonlyMap<string, Surveyed>;
  readonly previous: AttemptLock | undefined;
  /** Aborted when no further stage is to start. */
  readonly stop: AbortController;
  readonly interrupted: AbortSignal;
}

/** Finds every mistake before anything runs, and writes nothing. */
export async function prepareRun(request: RunRequest): Promise<PreparedRun> {
  const { pipeline, layout, sink, force = false, isolated = false } = request;
  const stages = stagesInOrder(pipeline, request.targets);
  const memo = await openMemo(layout.memo);
  const surveys = await surveyAll(pipeline, stages, layout, memo);
  const warnings = [...pipeline.warnings, ...[...surveys.values()].flatMap((surveyed) => surveyed.warnings)];
  if (warnings.length > 0) sink({ type: 'warned', diagnostics: warnings });
  const configHash = configHashOf(pipeline);
  const previous = await newestLock(layout, configHash);
  const recorder = attemptRecorder({
    ...{ layout, pipeline, configHash, previous, sink },
    inputs: { memo, surveys },
    started: origin(request),
  });
  const stop = new AbortController();
  const interrupted = request.signal ?? new AbortController().signal;
  const context = runContext({
    ...{ pipeline, layout, memo, surveys, recorder, previous, interrupted, sink, force, isolated, nonce: newNonce() },
    executor: localExecutor(),
    slots: request.slots ?? slotsFor(layout, stages, request.jobs),
    judge: request.judge,
    stopping: AbortSignal.any([stop.signal, interrupted]),
    remote: await remoteOf(pipeline, sink),
  });
  return { context, recorder, stages, surveys, previous, stop, interrupted };
}

export function origin(
  request: Pick<RunRequest, 'pipeline' | 'targets' | 'tags' | 'note' | 'study'>,
): RecorderOptions['started'] {
  return {
    targets: expandTargets(request.pipeline, request.targets ?? []),
    by: currentProcess(),
    tags: request.tags ?? [],
    ...(request.note === undefined ? {} : { note: request.note }),
    ...(request.study === undefined ? {} : { study: request.study }),
  };
}

/** RETRIAL_REMOTE goes before what pipeline.yaml says: another machine may have the shared disk elsewhere. */
export async function remoteOf({ root, remote }: Pipeline, sink: Sink): Promise<Remote | undefined> {
  const named = process.env.RETRIAL_REMOTE;
  const folder = named === undefined || named === '' ? remote : resolve(root, named);
  if (folder === undefined) return undefined;
  const { openRemote } = await import('../store/remote.ts');
  return openRemote(folder, (message, hint) =>
    sink({ type: 'warned', diagnostics: [{ severity: 'warning', message, hint }] }),
  );
}
