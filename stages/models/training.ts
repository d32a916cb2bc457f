/** The loop around a model's steps: live series, validation now and then, the best so far, checkpoints, the end. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { failIfLossesDiverged } from './diverged.ts';
import type { TrainContext } from './model.ts';
import { captured, putBack } from './network/state.ts';
import type { Tensors } from './network/weights.ts';
import { checkpointer, resume } from './resuming.ts';
import type { Trainee, TrainingPlan } from './trainee.ts';
import { better, isDue, validator } from './validation.ts';

/**
 * Runs steps 1 … `steps`, reporting each; goes on from the checkpoint of an attempt that was killed, whose points are
 * reported again, and ends with the same bits as if it had not been. Throws DataError, after the point is reported, when
 * a loss is no longer finite: there is no way back from NaN weights.
 *
 * @param checkpointEveryMs at most so often, and more rarely where it costs more than a twentieth of the time; below 0:
 * after every step.
 */
export async function runSteps(
  context: TrainContext,
  trainee: Trainee,
  plan: TrainingPlan,
  { checkpointEveryMs = 5_000 }: { readonly checkpointEveryMs?: number } = {},
): Promise<void> {
  const validate = validator(context, plan);
  const checkpoint = checkpointer(context, trainee, checkpointEveryMs);
  const breathe = breather(context);
  const { step: from, points, ...found } = await resume(context, trainee);
  let { step, best, stale } = { step: from, ...found };
  const ended = () => step === plan.steps || (plan.patience > 0 && stale >= plan.patience);
  while (!ended()) {
    step++;
    const losses = await trainee.step(step, breathe);
    const point = { step, ...losses, ...(isDue(plan, step) ? await validate(trainee.scorer(), step) : {}) };
    points.push(point);
    context.report(point);
    failIfLossesDiverged(losses, step, plan.rateParam);
    context.progress(step, plan.steps, plan.unit);
    ({ best, stale } = better({ best, stale }, point, () => kept(plan, trainee)));
    await nextTurn();
    await checkpoint({ step, points, stale, best });
    context.signal.throwIfAborted();
  }
  if (plan.keep === 'best' && best !== undefined && trainee.moving !== undefined)
    putBack(trainee.moving.weights, best.tensors);
  if (step < plan.steps)
    console.error(`stopped after ${step} ${plan.unit}: ${stale} validations no better than that of ${best?.step}`);
}

function kept({ keep }: TrainingPlan, { moving }: Trainee): Tensors {
  return keep === 'best' && moving !== undefined ? captured(moving.weights) : {};
}

/** How long a step may still take once training is to stop: it ends whole, and is kept. */
const lastStepMs = 3_000;

/** Within a step. Signals arrive between turns of the event loop only. */
function breather({ signal }: TrainContext): () => Promise<void> {
  let toldAt: number | undefined;
  return async () => {
    await nextTurn();
    if (!signal.aborted) return;
    toldAt ??= performance.now();
    if (performance.now() - toldAt > lastStepMs) signal.throwIfAborted();
  };
}
