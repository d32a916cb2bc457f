/** Studies from TypeScript: the same studies as those of `retrial sweep`, of anything. */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { layoutOf } from '../../src/store/layout.ts';
import { categorical, createStudy, float, int, type StudyOptions, when } from '../../src/sweep/library.ts';
import { studyReader } from '../../src/sweep/study-state.ts';
import { compiled } from '../helpers/compiled.ts';
import { temporaryLayout } from '../helpers/temporary-layout.ts';

type Params = { readonly x: number; readonly y: number };
const options = (runs: string, more: Partial<StudyOptions<Params>> = {}): StudyOptions<Params> => ({
  ...{ name: 'bowl', direction: 'minimize', runs, trials: 12 },
  space: { x: float(-5, 5), y: float(-5, 5) },
  sampler: { type: 'random', seed: 7 },
  ...more,
});
const bowl = ({ params: { x, y } }: { readonly params: Params }) => x ** 2 + y ** 2;

describe('ask and tell', () => {
  test('every trial once; the best; again it has nothing left, and goes on where there are to be more', async () => {
    const { runs } = temporaryLayout();
    const study = await createStudy(options(runs));
    await study.optimize(bowl);
    const trials = await study.trials();
    expect(trials.map(({ number }) => number)).toEqual(Array.from({ length: 12 }, (_, number) => number));
    const least = Math.min(...trials.map((trial) => bowl(trial)));
    expect((await study.best())?.values).toEqual([least]);
    study.close();
    const again = await createStudy(options(runs));
    expect(await again.ask()).toBeUndefined();
    again.close();
    const more = await createStudy(options(runs, { trials: 13 }));
    expect((await more.ask())?.number).toBe(12);
    more.close();
  });

  test('with one worker and a seed it is the same every time', async () => {
    const points = await Promise.all(
      [1, 2].map(async () => {
        const study = await createStudy(options(temporaryLayout().runs));
        await study.optimize(bowl);
        return (await study.trials()).map(({ params }) => params);
      }),
    );
    expect(points[0]).toEqual(points[1]);
  });

  test('what throws, and what is no number, fails its trial and not the study', async () => {
    const study = await createStudy(options(temporaryLayout().runs, { trials: 3 }));
    await study.optimize(({ number }) => {
      if (number === 0) throw new Error('out of luck');
      return number === 1 ? Number.NaN : 1;
    });
    expect(await study.trials()).toMatchObject([
      { state: 'failed', reason: 'out of luck' },
      { state: 'failed', reason: 'the objective is NaN' },
      { state: 'complete', values: [1] },
    ]);
  });

  test('several asked at once are apart, and told in any order', async () => {
    const study = await createStudy(options(temporaryLayout().runs, { trials: 3 }));
    const [a, b] = [await study.ask(), await study.ask()];
    if (a === undefined || b === undefined) throw new Error('no trial');
    expect([a.number, b.number]).toEqual([0, 1]);
    await study.tell(b, 2);
    await study.tell(a, 1);
    await expect(study.tell(a, 3)).rejects.toThrow('trial 0 was not asked for here, or is told already');
    expect(await study.trials()).toMatchObject([{ values: [1] }, { values: [2] }]);
  });

  test('a value too few is a mistake of the caller', async () => {
    const study = await createStudy(options(temporaryLayout().runs, { direction: ['minimize', 'maximize'] }));
    const trial = await study.ask();
    if (trial === undefined) throw new Error('no trial');
    await expect(study.tell(trial, 1)).rejects.toThrow('the study has 2 objectives, and was told 1 values');
    await study.tell(trial, [1, 2]); // the trial is still open
    expect(await study.trials()).toMatchObject([{ values: [1, 2] }]);
  });

  test('in a space that has become narrower, points outside of it are none of the study', async () => {
    const { runs } = temporaryLayout();
    const wide = await createStudy(options(runs));
    await wide.optimize(bowl);
    const all = await wide.trials();
    wide.close();
    const narrow = await createStudy(options(runs, { space: { x: float(-5, 5), y: float(1, 5) } }));
    const inside = all.filter(({ params }) => params.y >= 1);
    expect(inside.length).toBeLessThan(all.length);
    expect(await narrow.trials()).toEqual(inside);
    const least = Math.min(...inside.map((trial) => bowl(trial)));
    expect((await narrow.best())?.values).toEqual([least]);
    narrow.close();
  });

  test.each(['../elsewhere', 'a/b', ''])('"%s" cannot be a name: it is a folder beside others', async (name) => {
    await expect(createStudy(options(temporaryLayout().runs, { name }))).rejects.toThrow("cannot be a study's name");
  });
});

test('a trial that cannot win is pruned, with the reason and the step on record', async () => {
  const layout = temporaryLayout();
  const study = await createStudy({
    ...options(layout.runs, { trials: 9 }),
    pruner: { type: 'asha', minStep: 1, maxStep: 9, reduction: 3 },
  });
  await study.optimize(async (trial) => {
    for (let step = 1; step <= 9; step++) {
      trial.report(step, trial.number + 1 / step);
      if (await trial.shouldPrune()) return 'pruned';
    }
    return trial.number;
  });
  const trials = await study.trials();
  expect(trials.map(({ state }) => state)).toEqual(['complete', ...Array.from({ length: 8 }, () => 'pruned')]);
  expect(trials[1]).toMatchObject({ values: [2] });
  expect(trials[1]?.reason).toMatch(/^at step 1 it was number 2 of the 2 trials that reached rung 1/);
  const state = await studyReader(layoutOf(layout.runs).study('bowl').journals).read();
  expect(state.trials.get(1)?.told?.step).toBe(1);
});

test('conditions, constraints and arms hold for every point', async () => {
  const study = await createStudy({
    ...{ name: 'conditional', direction: 'maximize', runs: temporaryLayout().runs, trials: 40 },
    space: {
      kind: categorical(['a', 'b']),
      n: int(1, 8),
      m: int(1, 8),
      rate: when({ kind: ['b'] }, float(1e-4, 1, { log: true })),
    },
    constraints: ['n + m <= 8'],
    stratify: ['kind'],
    sampler: { type: 'random' },
  });
  await study.optimize(() => 1);
  const points = (await study.trials()).map(({ params }) => params);
  expect(points.filter(({ kind }) => kind === 'a')).toHaveLength(20);
  for (const { kind, n, m, rate } of points) {
    expect(Number(n) + Number(m)).toBeLessThanOrEqual(8);
    expect(rate === undefined).toBe(kind === 'a');
  }
});

test.each([
  [{ space: { x: float(1, 1) } }, 'x: 1 is not below 1'],
  [{ space: { x: float(0, 1, { log: true }) } }, 'x: a log scale begins above 0'],
  [{ space: { x: categorical([]) } }, 'x has no values'],
  [{ space: { x: float(0, 1) }, sampler: { type: 'grid' } }, 'x has no end of values'],
  [{ space: { x: float(0, 1) }, stratify: ['x'] }, 'x has no end of values'],
  [{ space: { x: float(0, 1) }, stratify: ['y'] }, 'stratify: y is not among the parameters'],
] as const)('what can be no study is refused: %j', async (more, message) => {
  const { runs } = temporaryLayout();
  const study = createStudy({ name: 'wrong', direction: 'minimize', runs, ...more } as StudyOptions<{ x: number }>);
  await expect(study).rejects.toThrow(message);
});

test('patience ends a search that finds nothing better', async () => {
  const study = await createStudy(options(temporaryLayout().runs, { trials: 100, patience: 5 }));
  await study.optimize(({ number }) => Math.max(-3, -number));
  expect(await study.trials()).toHaveLength(9); // -3 comes with trial 3, and five more bring nothing
});

/** @returns the trials that it ran, and how it ended */
async function studyWorker(...args: readonly string[]) {
  const child = fork(await compiled(join(import.meta.dirname, '../fixtures/study-worker.ts')), args);
  return new Promise<{ readonly ran: number[]; readonly code: number | null }>((resolve) => {
    const ran: number[] = [];
    child.on('message', (number) => ran.push(Number(number)));
    child.on('exit', (code) => resolve({ ran, code }));
  });
}

test('four processes share one study: every trial is run once', async () => {
  const { runs } = temporaryLayout();
  const ended = await Promise.all([1, 2, 3, 4].map(() => studyWorker(runs)));
  expect(ended.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
  const ran = ended.flatMap((worker) => worker.ran).sort((a, b) => a - b);
  expect(ran).toEqual(Array.from({ length: 60 }, (_, number) => number));
});

test('a trial that takes its process with it fails after it was begun again three times; the study goes on', async () => {
  const { runs } = temporaryLayout();
  for (let died = 0; died < 4; died++) expect((await studyWorker(runs, 'poison')).code).toBeNull();
  expect(await studyWorker(runs, 'poison')).toEqual({ ran: [1], code: 0 });
  const state = await studyReader(layoutOf(runs).study('shared').journals).read();
  expect(state.trials.get(0)?.told).toMatchObject({ state: 'failed', reason: 'the process that ran it died 4 times' });
});

test('the compiler knows the params from the space', async () => {
  const study = await createStudy({
    ...{ name: 'typed', direction: 'minimize', runs: temporaryLayout().runs, trials: 4 },
    space: {
      rate: float(1e-4, 1),
      depth: int(1, 8),
      kind: categorical(['a', 'b']),
      more: when({ kind: ['b'] }, int(1, 2)),
    },
  });
  const cost = (params: { rate: number; depth: number; kind: 'a' | 'b'; more: number | undefined }) =>
    params.rate * params.depth + (params.kind === 'a' ? 0 : (params.more ?? Number.NaN));
  await study.optimize(({ params }) => cost(params));
  expect((await study.trials()).map(({ state }) => state)).toEqual(Array(4).fill('complete'));
  // @ts-expect-error: a condition may leave it out
  const wrong = ({ params }: Awaited<ReturnType<typeof study.trials>>[number]): number => params.more;
  expect(wrong).toBeTypeOf('function');
});
