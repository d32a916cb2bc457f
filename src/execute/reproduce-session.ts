/** One reproduction from the rebuilt project to the judgement: which stages are run, on what, and in which order. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { AttemptId, Sink } from '../events.ts';
import type { FingerprintHash } from '../hash.ts';
import { loadPipeline } from '../pipeline/load.ts';
import type { Pipeline, Stage } from '../pipeline/types.ts';
import { stagesInOrder, upstream } from '../plan/graph.ts';
import type { Layout } from '../store/layout.ts';
import { openMemo } from '../store/memo.ts';
import { currentProcess } from '../store/process-identity.ts';
import type { StageLock } from '../store/published.ts';
import { attemptRecorder } from './attempt-recorder.ts';
import { describeMachine } from './environment.ts';
import { slotsFor } from './ledger.ts';
import { localExecutor } from './local.ts';
import { recordedInputs } from './reproduce-dependencies.ts';
import { type Drift, environmentDrift, missingDrift } from './reproduce-drift.ts';
import { type Judgement, judge } from './reproduce-judge.ts';
import { expectConfigOf, type RecordedAttempt } from './reproduce-record.ts';
import { checkStage, type Session, type StageCheck } from './reproduce-stage.ts';
import { rebuild, recordedPipeline, type Workspace } from './reproduce-workspace.ts';
import { notRun, stageOf } from './results.ts';

export interface ReproduceRequest {
  /** Today's project, for its packages and large files. */
  readonly root: string;
  readonly layout: Layout;
  readonly id: AttemptId;
  /** Run today's code instead of the recorded one. */
  readonly currentCode?: boolean;
  /** Install the recorded packages instead of using today's. */
  readonly install?: boolean;
  /** Metrics may differ by this fraction of the larger; 0 where absent: they are equal or they are not. */
  readonly tolerance?: number;
  readonly jobs?: number;
  readonly sink: Sink;
  readonly signal?: AbortSignal;
  /** Shared by the reproductions of one process: see {@link Session.same}. */
  readonly same?: Map<FingerprintHash, StageLock>;
}

/** @returns undefined where it was interrupted */
export async function reproduceAside(
  request: ReproduceRequest,
  recorded: RecordedAttempt,
  aside: Layout,
): Promise<Judgement | undefined> {
  const signal = request.signal ?? new AbortController().signal;
  const workspaces = await workspacesOf(request, recorded, aside, signal);
  const of = (stage: string) => workspaces.find(({ stages }) => stages.includes(stage)) ?? workspaces[0];
  const pipelineOf = (stage: string): Pipeline => {
    const pipeline = of(stage)?.pipeline;
    if (pipeline === undefined) throw new Error(`no project was rebuilt for stage ${stage}`);
    return pipeline;
  };
  const [first] = recorded.stages.keys();
  const plan = pipelineOf(first ?? '');
  const stages = stagesInOrder(plan, [...recorded.stages.keys()]).map(({ name }) => stageOf(pipelineOf(name), name));
  const missing = missingInputs(recorded, stages, pipelineOf);
  const checks = await checkAll({ request, recorded, aside, signal, plan, pipelineOf }, stages, missing);
  if (checks.some(({ alone, carried }) => [alone, carried].some(({ failure }) => failure?.kind === 'cancelled')))
    return undefined;
  const environment = environmentDrift(recorded.environment, describeMachine(request.root));
  return judge(checks, { tolerance: request.tolerance ?? 0, environment, missing });
}

async function workspacesOf(
  { root, layout, currentCode, install }: ReproduceRequest,
  recorded: RecordedAttempt,
  aside: Layout,
  signal: AbortSignal,
): Promise<Workspace[]> {
  const { inputs, id } = recorded;
  const stages = [...recorded.stages.keys()];
  if (inputs === undefined) {
    const { pipeline: file, config } = layout.run(id.configHash);
    const pipeline = await loadPipeline({ file, root, params: config });
    expectConfigOf(id, pipeline);
    return [{ stages, pipeline }];
  }
  if (currentCode === true)
    return [{ stages, pipeline: await recordedPipeline({ layout, recorded, inputs }, aside.runs, root) }];
  return rebuild({ layout, recorded, inputs, root, aside: aside.runs, install: install ?? false, signal });
}

/** By stage; stages that lack nothing are not in it. */
function missingInputs(recorded: RecordedAttempt, stages: readonly Stage[], pipelineOf: Session['pipelineOf']) {
  const missing = new Map<string, Drift[]>();
  for (const stage of stages) {
    const lock = recorded.stages.get(stage.name)?.lock;
    const pipeline = pipelineOf(stage.name);
    const absent = (lock === undefined ? [] : recordedInputs(pipeline, stage, lock)).filter(
      ({ path }) => !existsSync(resolve(pipeline.root, path)),
    );
    const drift = absent.map((input) => missingDrift(stage.name, input, recorded.inputs?.dependencies[input.path]));
    if (drift.length > 0) missing.set(stage.name, drift);
  }
  return missing;
}

interface Checking {
  readonly request: ReproduceRequest;
  readonly recorded: RecordedAttempt;
  readonly aside: Layout;
  readonly signal: AbortSignal;
  /** For the record of the reproduction. */
  readonly plan: Pipeline;
  readonly pipelineOf: Session['pipelineOf'];
}

/** Each stage when those before it have ended; a failure does not keep others from being judged on recorded inputs. */
async function checkAll(
  { request, recorded, aside, signal, plan, pipelineOf }: Checking,
  stages: readonly Stage[],
  missing: ReadonlyMap<string, unknown>,
): Promise<StageCheck[]> {
  const startedMs = performance.now();
  const { layout, sink } = request;
  const executor = localExecutor();
  const recorder = attemptRecorder({
    ...{ layout: aside, pipeline: plan, configHash: recorded.id.configHash, previous: undefined, sink },
    started: { targets: stages.map(({ name }) => name), by: currentProcess(), tags: [] },
  });
  const session: Session = {
    ...{ layout, aside, recorded, pipelineOf, executor, recorder, sink, interrupted: signal },
    memo: await openMemo(aside.memo),
    slots: slotsFor(layout, stages, request.jobs),
    same: request.same ?? new Map(),
  };
  const checks = new Map<string, Promise<StageCheck>>();
  try {
    for (const stage of stages) {
      const needed = upstream(stage).map(async (name) => [name, (await checks.get(name)) as StageCheck] as const);
      const check = Promise.all(needed).then((before) =>
        missing.has(stage.name) ? leftOut(session, stage) : checkStage(session, stage, new Map(before)),
      );
      checks.set(stage.name, check);
    }
    return await Promise.all(checks.values());
  } finally {
    await Promise.allSettled(checks.values()); // nothing is removed below a stage that still runs
    executor.close();
    await recorder.finish(signal.aborted ? 'cancelled' : 'complete', {}, performance.now() - startedMs);
  }
}

function leftOut({ recorded }: Session, stage: Stage): StageCheck {
  const result = notRun(stage, { kind: 'dependency-failed', stage: stage.name });
  const on = recorded.stages.get(stage.name);
  return { stage, ...(on === undefined ? {} : { recorded: on }), alone: result, carried: result, follows: [] };
}
