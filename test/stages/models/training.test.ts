import { expect, test } from 'vitest';
import { interactionsOf } from '../../../stages/datasets/interactions.ts';
import type { TrainContext } from '../../../stages/models/model.ts';
import { randomScorer } from '../../../stages/models/random.ts';
import { runSteps } from '../../../stages/models/training.ts';

const shape = { users: 2, items: 30 };
const entry = (user: number, item: number) => ({ user, item, value: 1 });

function setUp(validation: readonly ReturnType<typeof entry>[]) {
  const points: { readonly [series: string]: number }[] = [];
  const stop = new AbortController();
  const context: TrainContext = {
    train: interactionsOf([entry(0, 1)], shape),
    validation: interactionsOf(validation, shape),
    unliked: interactionsOf([entry(0, 2)], shape),
    params: { name: 'test' },
    seed: 1,
    threads: 1,
    folder: '',
    checkpoint: '',
    signal: stop.signal,
    report: (point) => points.push(point),
    progress: () => {},
  };
  return { context, points, stop };
}

const trainee = { step: () => ({ loss: 1 }), scorer: () => randomScorer(shape.items, 1) };

test('validation after every so many steps, and after the last', async () => {
  const { context, points } = setUp([entry(0, 5), entry(1, 6)]);
  await runSteps(context, trainee, { steps: 5, validateEvery: 2 });
  expect(points.map((point) => [point.step, 'val_ndcg@10' in point])).toEqual([
    [1, false],
    [2, true],
    [3, false],
    [4, true],
    [5, true],
  ]);
});

test('none where it is not asked for, or there is nothing to validate on', async () => {
  for (const [validation, validateEvery] of [
    [[entry(0, 5)], 0],
    [[], 1],
  ] as const) {
    const { context, points } = setUp(validation);
    await runSteps(context, trainee, { steps: 2, validateEvery });
    expect(points).toEqual([
      { step: 1, loss: 1 },
      { step: 2, loss: 1 },
    ]);
  }
});

test('stops after the step in which it is told to', async () => {
  const { context, points, stop } = setUp([]);
  const step = () => {
    if (points.length === 2) stop.abort();
    return { loss: 1 };
  };
  await expect(runSteps(context, { ...trainee, step }, { steps: 10, validateEvery: 0 })).rejects.toThrow('aborted');
  expect(points).toHaveLength(3);
});

test('a loss that is no number is reported and ends it', async () => {
  const { context, points } = setUp([]);
  const step = () => ({ loss: points.length === 1 ? Number.NaN : 1 });
  await expect(runSteps(context, { ...trainee, step }, { steps: 10, validateEvery: 0 })).rejects.toThrow(
    'training diverged: loss is NaN at step 2; try a lower model.learning_rate',
  );
  expect(points).toHaveLength(2);
});
