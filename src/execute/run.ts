/** Runs a pipeline: every stage whose dependencies are there, as many at once as there are slots. */
import type { RunStatus, Sink } from '../events.ts';
import type { ConfigHash } from '../hash.ts';
import type { Pipeline, Stage } from '../pipeline/types.ts';
import { upstream } from '../plan/graph.ts';
import type { AttemptLock } from '../store/attempts.ts';
import { beginUsing } from '../store/in-use.ts';
import type { Layout } from '../store/layout.ts';
import type { StageLock } from '../store/published.ts';
import type { LookedAt } from './answer.ts';
import { executeStage, type StageResult } from './execute-stage.ts';
import type { Judge } from './judged.ts';
import { lookedAt } from './looked-at.ts';
import { type PreparedRun, prepareRun } from './prepare-run.ts';
import { metricValues, notRun, stageFinished } from './results.ts';
import type { RunContext } from './run-context.ts';
import type { Slots } from './slots.ts';

export interface RunRequest {
  readonly pipeline: Pipeline;
  readonly layout: Layout;
  /** Stages to bring up to date, with all they need; every stage where absent. */
  readonly targets?: readonly string[];
  /** Processor slots; as many as the machine has where absent. */
  readonly jobs?: number;
  /** Slots that are shared with other runs, instead of `jobs` of its own. */
  readonly slots?: Slots;
  /** Reads what stages report, and may end one: the run is `pruned` then. */
  readonly judge?: Judge;
  /** Run the stages even where their results are known. */
  readonly force?: boolean;
  /** Run stages where only what they declare is, so that an undeclared input fails. */
  readonly isolated?: boolean;
  /** After a failure go on with the stages that do not need it. */
  readonly keepGoing?: boolean;
  readonly tags?: readonly string[];
  readonly note?: string;
  readonly study?: { readonly name: string; readonly trial: number };
  readonly sink: Sink;
  /** Say what the answer was read from, where nothing had to be done: see {@link RunResult.lookedAt}. */
  readonly watch?: boolean;
  /** Aborting stops running stages and starts no more; what is finished stays. */
  readonly signal?: AbortSignal;
}

export interface RunResult {
  readonly configHash: ConfigHash;
  /** Null where everything was fresh, so that nothing was recorded. */
  readonly attempt: number | null;
  readonly status: Extract<RunStatus, 'complete' | 'failed' | 'cancelled' | 'pruned'>;
  readonly stages: readonly StageResult[];
  /** `<stage>.<metric>` → value, series summaries among them; NaN and infinities as they are. */
  readonly metrics: Readonly<Record<string, number>>;
  /** As long as all of it stands, the answer does. Only where it was asked for and everything was fresh. */
  readonly lookedAt?: LookedAt;
}

export async function run(request: RunRequest): Promise<RunResult> {
  const startedMs = performance.now();
  const prepared = await prepareRun(request);
  const using = beginUsing(request.layout, 'what it marks');
  const { executor, remote, memo } = prepared.context;
  try {
    return await runPrepared(request, prepared, startedMs);
  } finally {
    executor.close();
    await remote?.settled();
    using.end();
    await memo.save();
  }
}

async function runPrepared(request: RunRequest, prepared: PreparedRun, startedMs: number): Promise<RunResult> {
  const { recorder, interrupted } = prepared;
  const finish = (status: RunResult['status'], results: readonly StageResult[]) =>
    recorder.finish(status, pointers(results), performance.now() - startedMs);
  const ended: StageResult[] = [];
  const results = await runAll(prepared, (result) => {
    ended.push(result);
    recorder.stageFinished(stageFinished(request.pipeline, result));
    if (result.failure !== undefined && request.keepGoing !== true) prepared.stop.abort();
  }).catch(async (error: unknown) => {
    await finish('failed', ended).catch(() => undefined); // what came first is what has to be told
    throw error;
  });
  const status = statusOf(results, interrupted);
  const attempt = await finish(status, results);
  const metrics = metricValues(request.pipeline, results);
  const said = { configHash: recorder.configHash, attempt, status, stages: results, metrics };
  const seen = attempt === null && status === 'complete' ? standsOn(request, prepared, results) : undefined;
  return seen === undefined ? said : { ...said, lookedAt: seen };
}

/** What the answer that everything is fresh was read from, where it was asked for. */
function standsOn(request: RunRequest, prepared: PreparedRun, results: readonly StageResult[]): LookedAt | undefined {
  const { pipeline, layout, watch } = request;
  const { stages, surveys, previous, context } = prepared;
  if (watch !== true || previous === undefined) return undefined;
  const locks = results.flatMap(({ lock }) => lock ?? []);
  return lookedAt({ pipeline, layout, stages, surveys, memo: context.memo, previous, locks });
}

/**
 * Each stage starts when those it needs have ended; results in the order of `stages`. Where one throws, which no failure
 * of a stage does, those that run come to their end, and no other begins.
 */
async function runAll(
  { context, stages, stop }: PreparedRun,
  onEnd: (result: StageResult) => void,
): Promise<StageResult[]> {
  const results = new Map<string, Promise<StageResult>>();
  for (const stage of stages) {
    const needed = upstream(stage).map((name) => results.get(name) as Promise<StageResult>);
    const result = Promise.all(needed).then((before) => afterUpstream(context, stage, before));
    results.set(
      stage.name,
      result.then((ended) => {
        onEnd(ended);
        return ended;
      }),
    );
  }
  try {
    return await Promise.all(results.values());
  } catch (error) {
    stop.abort();
    await Promise.allSettled(results.values());
    throw error;
  }
}

async function afterUpstream(context: RunContext, stage: Stage, before: readonly StageResult[]): Promise<StageResult> {
  const missing = before.find((result) => result.lock === undefined);
  if (missing !== undefined) return notRun(stage, { kind: 'dependency-failed', stage: missing.name });
  if (context.stopping.aborted) return notRun(stage, { kind: 'cancelled' });
  const locks = new Map(before.map((result) => [result.name, result.lock as StageLock]));
  return executeStage(context, stage, locks);
}

function statusOf(results: readonly StageResult[], interrupted: AbortSignal): RunResult['status'] {
  if (results.every((result) => result.failure === undefined)) return 'complete';
  if (interrupted.aborted) return 'cancelled';
  return results.some(({ outcome }) => outcome === 'pruned') ? 'pruned' : 'failed';
}

function pointers(results: readonly StageResult[]): AttemptLock['stages'] {
  return Object.fromEntries(
    results.map(({ name, outcome, fingerprint }) => [
      name,
      { outcome, ...(fingerprint === undefined ? {} : { fingerprint }) },
    ]),
  );
}
