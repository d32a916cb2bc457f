/** The loop around a model's steps: live series, validation now and then, the best so far, checkpoints, the end. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { DataError } from '../data-error.ts';
import type { HistoryPoint } from '../history.ts';
import { evaluateScorer } from '../metrics/evaluate-scorer.ts';
import { protocolOf } from '../metrics/protocol.ts';
import { loadCheckpoint, saveCheckpoint } from './checkpoint.ts';
import type { ModelParams, Scorer, TrainContext } from './model.ts';
import { choiceParam, countParam } from './model-params.ts';
import { captured, captureState, type Moving, putBack, restoreState, type TrainingState } from './network/state.ts';
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
}

/** @param unit what a step is called, and which param says how many. */
export function planOf(params: ModelParams, unit: 'steps' | 'rounds'): TrainingPlan {
  const plan = {
    steps: countParam(params, unit),
    unit,
    validateEvery: countParam(params, 'validate_every', 0),
    keep: choiceParam(params, 'keep', ['last', 'best']),
    patience: countParam(params, 'patience', 0),
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

const watched = 'val_ndcg@10';
/** Of the time since the last checkpoint, how much it may have cost to write. */
const checkpointShare = 0.05;

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
    const point = { step, ...losses, ...(isDue(plan, step) ? await validate(trainee.scorer()) : {}) };
    points.push(point);
    context.report(point);
    failIfDiverged(losses, step);
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

function isDue({ validateEvery, steps }: TrainingPlan, step: number): boolean {
  return validateEvery > 0 && (step % validateEvery === 0 || step === steps);
}

/** The best so far, this point included: the first of equal ones. */
function better(
  { best, stale }: Pick<Progress, 'best' | 'stale'>,
  point: HistoryPoint,
  weights: () => Tensors,
): Pick<Progress, 'best' | 'stale'> {
  const value = point[watched];
  if (value === undefined) return { best, stale };
  if (best !== undefined && value <= best.value) return { best, stale: stale + 1 };
  return { best: { step: point.step, value, tensors: weights() }, stale: 0 };
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

async function resume(
  { checkpoint, report }: TrainContext,
  { moving }: Trainee,
): Promise<Omit<Progress, 'state' | 'points'> & { points: HistoryPoint[] }> {
  const found = checkpoint === '' || moving === undefined ? undefined : await loadCheckpoint(checkpoint);
  if (found === undefined || moving === undefined) return { step: 0, points: [], stale: 0, best: undefined };
  restoreState(moving, found.state);
  for (const point of found.points) report(point);
  console.error(`goes on from the checkpoint of step ${found.step}`);
  return { ...found, points: [...found.points] };
}

/** Keeps where training stands, if it is time to, or training is to stop. */
function checkpointer({ checkpoint, signal }: TrainContext, { moving }: Trainee, everyMs: number) {
  let last = performance.now();
  let costMs = 0;
  return async (progress: Omit<Progress, 'state'>): Promise<void> => {
    const begun = performance.now();
    const due = everyMs < 0 || signal.aborted || begun - last >= Math.max(everyMs, costMs / checkpointShare);
    if (checkpoint === '' || moving === undefined || !due) return;
    await saveCheckpoint(checkpoint, { ...progress, state: captureState(moving) });
    last = performance.now();
    costMs = last - begun;
  };
}

function failIfDiverged(losses: Readonly<Record<string, number>>, step: number): void {
  const diverged = Object.entries(losses).find(([, value]) => !Number.isFinite(value));
  if (diverged !== undefined)
    throw new DataError(`training diverged: ${diverged.join(' is ')} at step ${step}; try a lower model.learning_rate`);
}

/** As `validate` scores it by default, every entry relevant. Nothing where the validation part is empty. */
function validator(
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
