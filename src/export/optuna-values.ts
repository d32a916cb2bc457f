/** What a trial with one or more runs came to, where Optuna has one number. */
import type { TrialRow } from '../record/rows.ts';
import { meanOf } from '../statistics/moments.ts';
import type { StudyTrial } from '../sweep/study-state.ts';

/**
 * Each objective as the mean over all replicates, those a race added among them; of a pruned trial what it last
 * reported, where there is one objective. Undefined where it has none.
 */
export function trialValues(row: TrialRow, trial: StudyTrial, objectives: number): number[] | undefined {
  const { state, value } = row;
  if (objectives === 1) return value !== null && (state === 'complete' || state === 'pruned') ? [value] : undefined;
  if (state !== 'complete') return undefined;
  const lists = [...(trial.told?.replicates ?? []), ...trial.more.flatMap(({ values }) => (values ? [values] : []))];
  if (lists.length === 0) return undefined;
  return Array.from({ length: objectives }, (_, at) => meanOf(lists.map((list) => list[at] ?? Number.NaN)));
}

/** What was reported by step: of several replicates the mean, at the steps that all of them came to. */
export function trialCurve({ curves }: StudyTrial): Record<string, number> {
  const reported = curves.filter((curve) => curve.length > 0);
  const bySteps = reported.map((curve) => new Map(curve.map(({ step, value }) => [step, Number(value)])));
  const steps = [...(bySteps[0]?.keys() ?? [])].filter((step) => Number.isInteger(step));
  const shared = steps.filter((step) => bySteps.every((curve) => curve.has(step)));
  return Object.fromEntries(
    shared.map((step) => [step, meanOf(bySteps.map((curve) => curve.get(step) ?? Number.NaN))]),
  );
}
