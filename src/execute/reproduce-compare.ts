/** Compares what came out with what is on record, stage by stage, and comes to a verdict. */
import type { Failure } from '../errors.ts';
import type { RunReproduced } from '../events.ts';
import type { MetricValues, StageLock } from '../store/published.ts';
import { sameTree } from '../store/tree.ts';

export type Verdict = RunReproduced['verdict'];

export interface MetricComparison {
  /** `<stage>.<metric>` */
  readonly name: string;
  /** Null where there is none of this name. */
  readonly recorded: MetricValues[string] | null;
  readonly reproduced: MetricValues[string] | null;
  /** Within the tolerance. */
  readonly equal: boolean;
}

export interface OutputComparison {
  readonly name: string;
  readonly recorded: string;
  /** Null where the stage has not come to an end. */
  readonly reproduced: string | null;
  readonly identical: boolean;
}

export interface StageComparison {
  readonly name: string;
  /** `not-run`: what it needs is missing, or a stage before it failed. */
  readonly state: 'ended' | 'failed' | 'not-run';
  /** Every output has the same bytes, made from the recorded inputs where these are still there. */
  readonly identical: boolean;
  /** Every metric is the same within the tolerance, made from the reproduced outputs of the stages before it. */
  readonly equalMetrics: boolean;
  /** All that went in was what it was, its surroundings among it. */
  readonly sameInputs: boolean;
  /** Something from outside that went into it, or into a stage before it whose outputs it was given, has changed. */
  readonly drifted: boolean;
  readonly outputs: readonly OutputComparison[];
  readonly metrics: readonly MetricComparison[];
  readonly failure?: Failure;
}

export function compareOutputs(before: StageLock, after: StageLock | undefined): OutputComparison[] {
  return Object.entries(before.outputs).map(([name, output]) => {
    const found = after?.outputs[name];
    const identical = found !== undefined && sameTree(output, found);
    return { name, recorded: output.hash, reproduced: found?.hash ?? null, identical };
  });
}

/** @param tolerance relative: 1e-6 lets values differ by a millionth of the larger */
export function compareMetrics(
  stage: string,
  before: StageLock,
  after: StageLock | undefined,
  tolerance: number,
): MetricComparison[] {
  return Object.entries(before.metrics).flatMap(([file, recorded]) => {
    const reproduced = after?.metrics[file] ?? {};
    return Object.keys({ ...recorded, ...reproduced }).map((metric) => {
      const [a, b] = [recorded[metric] ?? null, reproduced[metric] ?? null];
      return { name: `${stage}.${metric}`, recorded: a, reproduced: b, equal: isEqual(a, b, tolerance) };
    });
  });
}

function isEqual(a: MetricComparison['recorded'], b: MetricComparison['recorded'], tolerance: number): boolean {
  if (a === b) return true;
  if (typeof a !== 'number' || typeof b !== 'number') return false; // NaN and infinities are texts, and equal as such
  return Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b));
}

/**
 * A difference without a drift that explains it outweighs one with; equal metrics say something only where each stage
 * that came out different has metrics, or one that depends on it has.
 * @param dependents names of all stages that depend on one, itself among them
 */
export function verdictOf(
  stages: readonly StageComparison[],
  dependents: (stage: string) => ReadonlySet<string>,
): Verdict {
  if (stages.some(({ state, drifted }) => state === 'failed' || (state === 'not-run' && !drifted))) return 'failed';
  const differing = stages.filter((stage) => !stage.identical);
  if (differing.length === 0) return 'identical';
  const measured = (name: string) => stages.some((s) => s.metrics.length > 0 && dependents(name).has(s.name));
  const equal = stages.every((s) => s.equalMetrics) && differing.every(({ name }) => measured(name));
  const unexplained = differing.some((stage) => !stage.drifted);
  if (unexplained && !equal) return 'different';
  return differing.some((stage) => stage.drifted) ? 'drifted' : 'equal-metrics';
}

const worse: readonly Verdict[] = ['identical', 'equal-metrics', 'drifted', 'different', 'failed'];

export function worstOf(verdicts: readonly Verdict[]): Verdict {
  return worse[Math.max(0, ...verdicts.map((verdict) => worse.indexOf(verdict)))] ?? 'identical';
}
