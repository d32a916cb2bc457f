/** The loop around a model's steps: live series, validation now and then, the end. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { DataError } from '../data-error.ts';
import { evaluateScorer } from '../metrics/evaluate-scorer.ts';
import { protocolOf } from '../metrics/protocol.ts';
import type { Scorer, TrainContext } from './model.ts';

export interface Trainee {
  /** Moves the weights once. @returns the point of each series. */
  step(): Readonly<Record<string, number>>;
  /** Scores by the weights of now; valid until the next step. */
  scorer(): Scorer;
}

/**
 * Runs steps 1 … `steps`, reporting each, with `val_ndcg@10` after every `validateEvery`-th and the last (0: never).
 * Throws DataError, after the point is reported, when a loss is no longer finite: there is no way back from NaN weights.
 */
export async function runSteps(
  context: TrainContext,
  trainee: Trainee,
  { steps, validateEvery }: { readonly steps: number; readonly validateEvery: number },
): Promise<void> {
  const validate = validator(context);
  for (let step = 1; step <= steps; step++) {
    const losses = trainee.step();
    const due = validateEvery > 0 && (step % validateEvery === 0 || step === steps);
    context.report({ step, ...losses, ...(due ? await validate(trainee.scorer()) : {}) });
    const diverged = Object.entries(losses).find(([, value]) => !Number.isFinite(value));
    if (diverged !== undefined)
      throw new DataError(
        `training diverged: ${diverged.join(' is ')} at step ${step}; try a lower model.learning_rate`,
      );
    context.progress(step, steps, 'steps');
    // Signals arrive between turns of the event loop only.
    await nextTurn();
    context.signal.throwIfAborted();
  }
}

/** As `validate` scores it by default, every entry relevant. Nothing where the validation part is empty. */
function validator({ train, validation, unliked }: TrainContext): (scorer: Scorer) => Promise<Record<string, number>> {
  const held = {
    protocol: 'held-out',
    k: [10],
    relevance: 0,
    candidates: 'train',
    noise: 'mean',
    noise_seed: 0,
  } as const;
  const protocol = protocolOf(held, { train, known: [unliked], truth: validation });
  return async (scorer) => {
    const { means } = await evaluateScorer(scorer, protocol);
    const series: Record<string, number> = {};
    if (means['ndcg@10'] !== undefined) series['val_ndcg@10'] = means['ndcg@10'];
    return series;
  };
}
