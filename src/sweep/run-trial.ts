/** One trial: its point run once for each replicate, and what is told of it. */
import { UserError } from '../errors.ts';
import type { Sink, TrialTold } from '../events.ts';
import { type RunResult, run } from '../execute/run.ts';
import type { ConfigHash } from '../hash.ts';
import { formatFailure } from '../logging/format.ts';
import { loadPipeline } from '../pipeline/load.ts';
import type { Layout } from '../store/layout.ts';
import type { Point } from './search-space.ts';
import type { SweepSpec } from './spec.ts';

export type Told = Pick<TrialTold, 'state' | 'runs' | 'value' | 'reason'>;

export interface TrialSurroundings {
  readonly layout: Layout;
  readonly jobs: number;
  readonly sink: Sink;
  readonly signal: AbortSignal;
}

/** @returns undefined where it was interrupted: the trial stays open, and is run when the study goes on */
export async function runTrial(
  spec: SweepSpec,
  number: number,
  point: Point,
  surroundings: TrialSurroundings,
): Promise<Told | undefined> {
  const runs: ConfigHash[] = [];
  const values: number[] = [];
  for (const replicate of spec.replicates) {
    const result = await runReplicate(spec, number, { ...point, ...replicate }, surroundings);
    if (typeof result === 'string') return { state: 'failed', runs, reason: result };
    if (result.status === 'cancelled') return undefined;
    runs.push(result.configHash);
    const value = objective(spec, result);
    if (typeof value === 'string') return { state: 'failed', runs, reason: value };
    values.push(value);
  }
  return { state: 'complete', runs, value: values.reduce((sum, value) => sum + value, 0) / values.length };
}

/** @returns a text where the point cannot be run at all: its trial fails, and the study goes on */
async function runReplicate(
  spec: SweepSpec,
  trial: number,
  values: Point,
  { layout, jobs, sink, signal }: TrialSurroundings,
): Promise<RunResult | string> {
  try {
    const pipeline = await loadPipeline({ file: spec.pipeline.file, overlays: spec.overlays, values });
    const targets = spec.until === undefined ? [] : [spec.until];
    return await run({ pipeline, layout, targets, jobs, sink, signal, study: { name: spec.name, trial } });
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

/** The objective's value, or why there is none. */
function objective(spec: SweepSpec, result: RunResult): number | string {
  if (result.status === 'failed') return failureText(result);
  const { name } = spec.metric;
  const value = result.metrics[name];
  if (value === undefined) {
    const stage = `${name.split('.')[0]}.`;
    const there = Object.keys(result.metrics).filter((metric) => metric.startsWith(stage));
    return `no metric ${name} was reported; there is ${there.join(', ') || 'none of that stage'}`;
  }
  return Number.isFinite(value) ? value : `${name} is ${value}`;
}

function failureText({ stages }: RunResult): string {
  const failed = stages.find((stage) => stage.outcome === 'failed');
  return failed?.failure === undefined ? 'a stage failed' : `${failed.name}: ${formatFailure(failed.failure)}`;
}
