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

/**
 * As `validate` scores it by default, every entry relevant. Nothing where the validation part is empty.
 *
 * @returns a function that throws DataError where scores are not finite.
 */
export function validator(
  { train, validation, unliked }: TrainContext,
  { keep, patience, rateParam }: TrainingPlan,
): (scorer: Scorer, step: number) => Promise<Record<string, number>> {
  const held = {
    protocol: 'held-out',
    k: [10],
    relevance: 0,
    candidates: 'train',
    noise: 'mean',
    noise_seed: 0,
  } as const;
  const protocol = protocolOf(held, { train, known: [unliked], truth: validation });
  // Of a part that holds nothing but negative ratings there is nothing to be found either.
  if ((keep === 'best' || patience > 0) && protocol.truth.columns.length === 0)
    throw new DataError(
      `model.${keep === 'best' ? 'keep: best' : 'patience'} needs a validation part with ratings of at least 0; split.validation makes one`,
    );
  return async (scorer, step) => {
    const { means, notFinite } = await evaluateScorer(scorer, protocol);
    if (notFinite > 0)
      throw new DataError(
        `training diverged: ${notFinite} scores are NaN or infinite at step ${step}; try a lower ${rateParam}`,
      );
    const series: Record<string, number> = {};
    if (means['ndcg@10'] !== undefined) series[watched] = means['ndcg@10'];
    return series;
  };
}
