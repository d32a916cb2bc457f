/** What is trained step by step, how far it is to go, and where it stands. */
import { DataError } from '../data-error.ts';
import type { HistoryPoint } from '../history.ts';
import type { ModelParams, Scorer } from './model.ts';
import { choiceParam, countParam } from './model-params.ts';
import type { Moving, TrainingState } from './network/state.ts';
import type { Tensors } from './network/weights.ts';

export interface Trainee {
  /**
   * Moves the weights; how, is a function of them and of `step` alone, so that training can go on from a checkpoint.
   *
   * @param breathe awaited now and then in a long step: rejects where it goes on too long after training is to stop.
   * @returns the point of each series.
   */
  step(step: number, breathe: () => Promise<void>): Promise<Readonly<Record<string, number>>>;
  /** Scores by the weights of now; valid until the next step. */
  scorer(): Scorer;
  /** Without it there are no checkpoints, and no best weights to go back to: for what trains in seconds. */
  readonly moving?: Moving;
}

export interface TrainingPlan {
  readonly steps: number;
  /** What a step is called. */
  readonly unit: 'steps' | 'rounds' | 'epochs';
  /** `val_ndcg@10` after every so many steps and the last; 0: never. */
  readonly validateEvery: number;
  /** The weights that are kept: those of the last step, or of the best validated one. */
  readonly keep: 'last' | 'best';
  /** Ends when so many validations in turn were no better than the best; 0: never. */
  readonly patience: number;
  /** The param to lower where it diverges. */
  readonly rateParam: string;
}

/** @param unit what a step is called, and which param says how many. */
export function planOf(params: ModelParams, unit: 'steps' | 'rounds'): TrainingPlan {
  const plan = {
    steps: countParam(params, unit),
    unit,
    validateEvery: countParam(params, 'validate_every', 0),
    keep: choiceParam(params, 'keep', ['last', 'best']),
    patience: countParam(params, 'patience', 0),
    rateParam: 'model.learning_rate',
  };
  const watching = plan.keep === 'best' ? 'keep: best' : plan.patience > 0 ? 'patience' : undefined;
  if (watching !== undefined && plan.validateEvery === 0)
    throw new DataError(`model.${watching} needs model.validate_every above 0`);
  return plan;
}

/** Where training stands after a step. */
export interface Progress {
  readonly step: number;
  readonly points: readonly HistoryPoint[];
  /** Validations since the best. */
  readonly stale: number;
  readonly state: TrainingState;
  readonly best: { readonly step: number; readonly value: number; readonly tensors: Tensors } | undefined;
}
