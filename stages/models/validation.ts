/** NDCG@10 on the validation part while a model trains, and the best so far. */
import { DataError } from '../data-error.ts';
import type { HistoryPoint } from '../history.ts';
import { evaluateScorer } from '../metrics/evaluate-scorer.ts';
import { protocolOf } from '../metrics/protocol.ts';
import type { Scorer, TrainContext } from './model.ts';
import type { Tensors } from './network/weights.ts';
import type { Progress, TrainingPlan } from './trainee.ts';

const watched = 'val_ndcg@10';

export function isDue({ validateEvery, steps }: TrainingPlan, step: number): boolean {
  return validateEvery > 0 && (step % validateEvery === 0 || step === steps);
}

/** The best so far, this point included: the first of equal ones. */
export function better(
  { best, stale }: Pick<Progress, 'best' | 'stale'>,
  point: HistoryPoint,
  weights: () => Tensors,
): Pick<Progress, 'best' | 'stale'> {
  const value = point[watched];
  if (value === undefined) return { best, stale };
  if (best !== undefined && value <= best.value) return { best, stale: stale + 1 };
  return { best: { step: point.step, value, tensors: weights() }, stale: 0 };
}

/** As `validate` scores it by default, every entry relevant. Nothing where the validation part is empty. */
export function validator(
  { train, validation, unliked }: TrainContext,
  { keep, patience }: TrainingPlan,
): (scorer: Scorer) => Promise<Record<string, number>> {
  const held = {
    protocol: 'held-out',
    k: [10],
    relevance: 0,
    candidates: 'train',
    noise: 'mean',
    noise_seed: 0,
  } as const;
  if ((keep === 'best' || patience > 0) && validation.columns.length === 0)
    throw new DataError(
      `model.${keep === 'best' ? 'keep: best' : 'patience'} needs a validation part; split.validation makes one`,
    );
  const protocol = protocolOf(held, { train, known: [unliked], truth: validation });
  return async (scorer) => {
    const { means } = await evaluateScorer(scorer, protocol);
    const series: Record<string, number> = {};
    if (means['ndcg@10'] !== undefined) series[watched] = means['ndcg@10'];
    return series;
  };
}
