import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { interactionsOf } from '../../../stages/datasets/interactions.ts';
import type { TrainContext } from '../../../stages/models/model.ts';
import { adam } from '../../../stages/models/network/optimisers.ts';
import { createVariable, valuesOf } from '../../../stages/models/network/variables.ts';
import { planOf, type Trainee, type TrainingPlan } from '../../../stages/models/trainee.ts';
import { runSteps } from '../../../stages/models/training.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { openCpu } from './network/cpu.ts';

beforeAll(openCpu);

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

/** One number that each step adds to, so that where it is says which steps were made. */
function counter(scores: (step: number) => number = () => 1) {
  const weight = createVariable(Float32Array.of(0), [1]);
  const optimiser = adam([weight], { learningRate: 1, beta1: 0 });
  let now = 0;
  const trainee: Trainee = {
    async step(step) {
      now = step;
      optimiser.apply([tf.tensor1d([-1 - (step % 3)])]);
      return { loss: step };
    },
    // The held-out item 5 comes first where the score is 1, later the lower it is.
    scorer: () => ({
      items: shape.items,
      scores: async (users) =>
        Float32Array.from({ length: users.length * shape.items }, (_, i) =>
          i % shape.items === 5 ? scores(now) : 1 - (i % shape.items) / 100,
        ),
      dispose() {},
    }),
    moving: { weights: { weight }, optimisers: { only: optimiser } },
  };
  return { trainee, value: () => valuesOf(weight)[0] as number };
}

const plan: TrainingPlan = {
  steps: 5,
  unit: 'steps',
  validateEvery: 0,
  keep: 'last',
  patience: 0,
  rateParam: 'model.learning_rate',
};

test('validation after every so many steps, and after the last', async () => {
  const { context, points } = setUp([entry(0, 5), entry(1, 6)]);
  await runSteps(context, counter().trainee, { ...plan, validateEvery: 2 });
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
    await runSteps(context, counter().trainee, { ...plan, steps: 2, validateEvery });
    expect(points).toEqual([
      { step: 1, loss: 1 },
      { step: 2, loss: 2 },
    ]);
  }
});

test('stops after the step in which it is told to', async () => {
  const { context, points, stop } = setUp([]);
  const { trainee } = counter();
  const step: Trainee['step'] = (at, breathe) => {
    if (at === 3) stop.abort();
    return trainee.step(at, breathe);
  };
  await expect(runSteps(context, { ...trainee, step }, { ...plan, steps: 10 })).rejects.toThrow('aborted');
  expect(points).toHaveLength(3);
});

test('a loss that is no number is reported and ends it', async () => {
  const { context, points } = setUp([]);
  const step = async (at: number) => ({ loss: at === 2 ? Number.NaN : 1 });
  await expect(runSteps(context, { ...counter().trainee, step }, plan)).rejects.toThrow(
    'training diverged: loss is NaN at step 2; try a lower model.learning_rate',
  );
  expect(points).toHaveLength(2);
});

test('scores that are no numbers end it at the next validation, losses or not', async () => {
  const { context } = setUp([entry(0, 5)]);
  const diverging = (step: number) => (step === 4 ? Number.POSITIVE_INFINITY : 1);
  await expect(
    runSteps(context, counter(diverging).trainee, { ...plan, validateEvery: 2, keep: 'best' }),
  ).rejects.toThrow('training diverged: 1 scores are NaN or infinite at step 4; try a lower model.learning_rate');
});

describe('the best by validation', () => {
  const best = (step: number) => 1 - Math.abs(step - 3) / 10;

  test('its weights are kept, those of the last step by default', async () => {
    const at = async (of: Partial<TrainingPlan>) => {
      const { trainee, value } = counter(best);
      await runSteps(setUp([entry(0, 5)]).context, trainee, { ...plan, validateEvery: 1, ...of });
      return value();
    };
    const [third, last] = [await at({ steps: 3 }), await at({ steps: 5 })];
    expect(third).not.toBe(last);
    expect(await at({ keep: 'best' })).toBe(third);
  });

  test('patience ends training after so many validations without a better one', async () => {
    const { context, points } = setUp([entry(0, 5)]);
    await runSteps(context, counter(best).trainee, { ...plan, steps: 100, validateEvery: 1, patience: 4 });
    expect(points).toHaveLength(7);
  });

  test('an equal one is not better: the first is kept', async () => {
    const { context, points } = setUp([entry(0, 5)]);
    await runSteps(context, counter().trainee, { ...plan, steps: 100, validateEvery: 1, patience: 3 });
    expect(points).toHaveLength(4);
  });

  test('without validation there is none, which is said', async () => {
    const params = { name: 'cfgan', steps: 5, keep: 'best', patience: 0, validate_every: 0 };
    expect(() => planOf(params, 'steps')).toThrow('model.keep: best needs model.validate_every above 0');
    expect(() => planOf({ ...params, keep: 'last', patience: 2 }, 'steps')).toThrow('model.patience needs');
    await expect(
      runSteps(setUp([]).context, counter().trainee, { ...plan, validateEvery: 1, keep: 'best' }),
    ).rejects.toThrow('model.keep: best needs a validation part');
    const disliked = setUp([{ ...entry(0, 5), value: -1 }]).context;
    await expect(runSteps(disliked, counter().trainee, { ...plan, validateEvery: 1, keep: 'best' })).rejects.toThrow(
      'model.keep: best needs a validation part with ratings of at least 0',
    );
  });
});

describe('checkpoints', () => {
  const every = { checkpointEveryMs: -1 };
  const whole: TrainingPlan = { ...plan, steps: 8, validateEvery: 2, keep: 'best' };
  const best = (step: number) => 1 - Math.abs(step - 4) / 10;

  /** Trains until it is told to stop at `until`, and goes on in another process's place; all that came of it. */
  async function interrupted(until: number, damage: (folder: string) => Promise<void> = async () => {}) {
    const checkpoint = temporaryFolder();
    const first = setUp([entry(0, 5)]);
    const { trainee } = counter(best);
    const step: Trainee['step'] = (at, breathe) => {
      if (at === until) throw new Error('killed');
      return trainee.step(at, breathe);
    };
    await expect(runSteps({ ...first.context, checkpoint }, { ...trainee, step }, whole, every)).rejects.toThrow(
      'killed',
    );
    await damage(checkpoint);
    const second = setUp([entry(0, 5)]);
    const again = counter(best);
    await runSteps({ ...second.context, checkpoint }, again.trainee, whole, every);
    return { points: second.points, value: again.value(), checkpoint };
  }

  async function uninterrupted() {
    const { context, points } = setUp([entry(0, 5)]);
    const { trainee, value } = counter(best);
    await runSteps(context, trainee, whole);
    return { points, value: value() };
  }

  test.each([2, 5, 8])(
    'training that ends in step %s goes on, and ends with the same bits and the same points',
    async (until) => {
      const { points, value } = await interrupted(until);
      expect({ points, value }).toEqual(await uninterrupted());
    },
  );

  test('told to stop, it keeps the step it is in', async () => {
    const checkpoint = temporaryFolder();
    const { context, stop } = setUp([]);
    const { trainee } = counter();
    const step: Trainee['step'] = (at, breathe) => {
      if (at === 3) stop.abort();
      return trainee.step(at, breathe);
    };
    await expect(runSteps({ ...context, checkpoint }, { ...trainee, step }, plan)).rejects.toThrow('aborted');
    expect(readdirSync(checkpoint)).toEqual(['step-000000003']);
  });

  test('the newest is kept, and a damaged one is not used', async () => {
    const checkpoint = temporaryFolder();
    await runSteps({ ...setUp([]).context, checkpoint }, counter().trainee, plan, { checkpointEveryMs: -1 });
    expect(readdirSync(checkpoint)).toEqual(['step-000000005']);
    const damage = async (folder: string) => {
      const place = join(folder, readdirSync(folder)[0] as string, 'weights.bin');
      const bytes = readFileSync(place);
      bytes[0] = (bytes[0] as number) ^ 1;
      writeFileSync(place, bytes);
    };
    const { points, value, checkpoint: again } = await interrupted(5, damage);
    expect({ points, value }).toEqual(await uninterrupted());
    expect(readdirSync(again)).toEqual(['step-000000008']); // what was damaged is made again, and superseded
  });

  test.each([
    ['a list that is none', 'weights.json', () => '{}'],
    ['no list at all', 'weights.json', () => 'null'],
    ['names that are others', 'weights.json', (text: string) => text.replace('"weight"', '"height"')],
    ['shapes that are others', 'weights.json', (text: string) => text.replace(/\[\s*1\s*\]/, '[1, 1]')],
    ['progress cut short', 'progress.json', (text: string) => text.slice(0, -30)],
    ['zeros in the place of progress', 'progress.json', (text: string) => '\0'.repeat(text.length)],
    ['half of the numbers', 'weights.bin', () => '\0\0'],
  ])('%s: damaged, and training begins anew', async (_what, name, damaged) => {
    const damage = async (folder: string) => {
      const place = join(folder, readdirSync(folder)[0] as string, name);
      const before = readFileSync(place, 'utf8');
      writeFileSync(place, damaged(before));
      expect(readFileSync(place, 'utf8')).not.toBe(before);
    };
    const { points, value } = await interrupted(5, damage);
    expect({ points, value }).toEqual(await uninterrupted());
  });

  test('where the disk refuses one, training goes on without, and keeps the next', async () => {
    const checkpoint = join(temporaryFolder(), 'kept');
    const { context, points } = setUp([]);
    const { trainee } = counter();
    const step: Trainee['step'] = (at, breathe) => {
      if (at === 2) {
        rmSync(checkpoint, { recursive: true });
        writeFileSync(checkpoint, 'no folder');
      }
      if (at === 4) {
        expect(readFileSync(checkpoint, 'utf8')).toBe('no folder');
        rmSync(checkpoint);
      }
      return trainee.step(at, breathe);
    };
    await runSteps({ ...context, checkpoint }, { ...trainee, step }, plan, every);
    expect(points).toHaveLength(5);
    expect(readdirSync(checkpoint)).toEqual(['step-000000005']);
  });

  test('what a kill left half-made is removed, but not what may be in the making', async () => {
    const checkpoint = temporaryFolder();
    const [old, young] = ['.making-old', '.making-young'].map((name) => join(checkpoint, name)) as [string, string];
    for (const folder of [old, young]) mkdirSync(folder);
    utimesSync(old, 0, 0);
    await runSteps({ ...setUp([]).context, checkpoint }, counter().trainee, plan);
    expect([existsSync(old), existsSync(young)]).toEqual([false, true]);
  });
});
