/** One run of a point: the pipeline with its values, again where its failure is one to try again. */
import { mayMend, type PassingFailure, UserError } from '../errors.ts';
import type { Sink, TrialCost } from '../events.ts';
import type { Judge } from '../execute/judged.ts';
import { type RunResult, run } from '../execute/run.ts';
import type { Slots } from '../execute/slots.ts';
import type { ConfigHash } from '../hash.ts';
import { formatFailure } from '../logging/format.ts';
import { loadPipeline } from '../pipeline/load.ts';
import type { Layout } from '../store/layout.ts';
import type { SeriesOfRun } from './best-steps.ts';
import { laidBy } from './overlay-dimension.ts';
import type { Point } from './search-space.ts';
import { type RetriedFailure, type SweepSpec, targetsOf } from './spec.ts';

export interface PointSurroundings {
  readonly layout: Layout;
  /** Shared with the other trials of this machine, of whichever study. */
  readonly slots: Slots;
  readonly sink: Sink;
  /** Ends the run. */
  readonly signal: AbortSignal;
}

export interface PointRequest {
  readonly trial: number;
  readonly params: Point;
  readonly until: string | undefined;
  readonly judge?: Judge;
}

export type PointRun =
  | {
      readonly kind: 'complete';
      readonly run: ConfigHash;
      readonly metrics: RunResult['metrics'];
      readonly series: SeriesOfRun;
      readonly cost: TrialCost;
    }
  | {
      readonly kind: 'pruned';
      readonly run: ConfigHash;
      readonly step: number;
      readonly reason: string;
      readonly cost: TrialCost;
    }
  | { readonly kind: 'failed'; readonly run?: ConfigHash; readonly reason: string; readonly cost?: TrialCost }
  | { readonly kind: 'interrupted' };

export async function runPoint(
  spec: SweepSpec,
  request: PointRequest,
  surroundings: PointSurroundings,
): Promise<PointRun> {
  const tried: Partial<Record<RetriedFailure, number>> = {};
  for (;;) {
    const result = await runOnce(spec, request, surroundings);
    if (typeof result === 'string') return { kind: 'failed', reason: result };
    const failure = result.status === 'failed' ? failedStage(result)?.failure : undefined;
    if (failure === undefined || !mayMend(failure)) return outcome(result);
    const kind = classOf(failure);
    const tries = (tried[kind] ?? 0) + 1;
    if (tries > spec.retries[kind] || surroundings.signal.aborted) return outcome(result);
    tried[kind] = tries;
  }
}

/** A shell whose program was killed by signal n exits with 128 + n: that is no exit of the program. */
function classOf(failure: PassingFailure): RetriedFailure {
  const isKilled = failure.kind === 'exit' && failure.code > 128 && failure.code <= 128 + 64;
  return isKilled ? 'signal' : failure.kind;
}

/** @returns a text where the point cannot be run at all: its trial fails, and the study goes on */
async function runOnce(
  spec: SweepSpec,
  { trial, params, until, judge }: PointRequest,
  { layout, slots, sink, signal }: PointSurroundings,
): Promise<RunResult | string> {
  try {
    const pipeline = await loadPipeline({ file: spec.pipeline.file, ...laidBy(spec, params) });
    return await run({
      ...{ pipeline, layout, targets: targetsOf({ until }) ?? [], slots, sink, signal },
      ...(judge === undefined ? {} : { judge }),
      study: { name: spec.name, trial },
    });
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

function outcome(result: RunResult): PointRun {
  const { configHash, status, metrics } = result;
  const cost = costOf(result);
  switch (status) {
    case 'complete':
      return { kind: 'complete', run: configHash, metrics, series: seriesOf(result), cost };
    case 'cancelled':
      return { kind: 'interrupted' };
    case 'pruned': {
      const failure = result.stages.find((stage) => stage.failure?.kind === 'pruned')?.failure;
      if (failure?.kind !== 'pruned') throw new Error('a run was pruned, and none of its stages');
      const steps = Math.max(failure.step, cost.steps ?? 0); // the stage that was ended has no result to tell them
      return { kind: 'pruned', run: configHash, step: failure.step, reason: failure.reason, cost: { ...cost, steps } };
    }
    case 'failed': {
      const failed = failedStage(result);
      const reason =
        failed?.failure === undefined ? 'a stage failed' : `${failed.name}: ${formatFailure(failed.failure)}`;
      return { kind: 'failed', run: configHash, reason, cost };
    }
  }
}

function seriesOf({ stages }: RunResult): SeriesOfRun {
  return Object.fromEntries(stages.flatMap(({ name, lock }) => (lock === undefined ? [] : [[name, lock.series]])));
}

function failedStage({ stages }: RunResult) {
  return stages.find((stage) => stage.outcome === 'failed');
}

/** Of every stage what its execution took, whenever that was: what the point would cost alone. */
function costOf({ stages }: RunResult): TrialCost {
  const ms = stages.reduce((sum, { lock, durationMs }) => sum + (lock?.execution.durationMs ?? durationMs), 0);
  const steps = stages.flatMap(({ lock }) => Object.values(lock?.series ?? {}).map(({ last }) => last.step));
  return { seconds: Math.round(ms) / 1000, ...(steps.length === 0 ? {} : { steps: Math.max(...steps) }) };
}
