/** One trial: its point run once for each replicate, judged while it runs, and what is told of it. */

import type { TrialCost } from '../events.ts';
import type { Judge } from '../execute/judged.ts';
import type { ConfigHash } from '../hash.ts';
import { meanOf } from '../statistics/moments.ts';
import { type PointRun, type PointSurroundings, runPoint } from './run-point.ts';
import type { SweepSpec } from './spec.ts';
import type { Told, Trial } from './study.ts';

/** @returns undefined where it was interrupted: the trial stays open, and is run when the study goes on */
export async function runTrial(
  spec: SweepSpec,
  trial: Trial,
  surroundings: PointSurroundings,
): Promise<Told | undefined> {
  const runs: ConfigHash[] = [];
  const replicates: number[][] = [];
  let cost: TrialCost = { seconds: 0 };
  for (const [at, replicate] of spec.replicates.slice(0, spec.minReplicates).entries()) {
    const judging = judgeOf(spec, trial, at);
    const params = { ...trial.params, ...replicate };
    const request = { trial: trial.number, params, until: spec.until, ...judging.judge };
    const result = await runPoint(spec, request, surroundings);
    if (result.kind === 'interrupted') return undefined;
    if (result.run !== undefined) runs.push(result.run);
    cost = sumOf(cost, result.cost);
    if (result.kind === 'failed') return { state: 'failed', runs, reason: result.reason, cost };
    if (result.kind === 'pruned') {
      const { step, reason } = result;
      const value = judging.last();
      return {
        ...{ state: 'pruned', runs, step, reason, cost },
        ...(Number.isFinite(value) ? { value } : {}),
      };
    }
    const values = objectives(spec, result);
    if (typeof values === 'string') return { state: 'failed', runs, reason: values, cost };
    replicates.push(values);
  }
  return { state: 'complete', runs, value: meanOf(replicates.map(([first = Number.NaN]) => first)), replicates, cost };
}

/** Reports what the pruner reads, and ends the run where it says so. */
function judgeOf(
  { pruned }: SweepSpec,
  trial: Trial,
  replicate: number,
): { readonly judge: { readonly judge?: Judge }; last(): number } {
  let last = Number.NaN;
  let newest = Number.NEGATIVE_INFINITY;
  if (pruned === undefined) return { judge: {}, last: () => last };
  const judge: Judge = async (stage, { step, values }) => {
    const value = values[pruned.series];
    if (stage !== pruned.stage || value === undefined || step <= newest) return undefined;
    newest = step;
    last = value;
    trial.report(step, value, replicate);
    const reason = await trial.shouldPrune(replicate);
    return reason === undefined ? undefined : { kind: 'pruned', step, reason };
  };
  return { judge: { judge }, last: () => last };
}

/** Every objective's value, or why one has none. */
export function objectives(
  { metrics: wanted }: SweepSpec,
  { metrics }: Extract<PointRun, { kind: 'complete' }>,
): number[] | string {
  const values: number[] = [];
  for (const { name } of wanted) {
    const value = metrics[name];
    if (value === undefined) {
      const stage = `${name.split('.')[0]}.`;
      const there = Object.keys(metrics).filter((metric) => metric.startsWith(stage));
      return `no metric ${name} was reported; there is ${there.join(', ') || 'none of that stage'}`;
    }
    if (!Number.isFinite(value)) return `${name} is ${value}`;
    values.push(value);
  }
  return values;
}

function sumOf(a: TrialCost, b: TrialCost | undefined): TrialCost {
  const steps = (a.steps ?? 0) + (b?.steps ?? 0);
  return { seconds: a.seconds + (b?.seconds ?? 0), ...(steps === 0 ? {} : { steps }) };
}
