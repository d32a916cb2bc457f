/** What the page computes before it draws anything. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bestValues } from '../../src/report/page/best-values.ts';
import { lineStyleOf } from '../../src/report/page/colors.ts';
import { colorKeys, rangeOf } from '../../src/report/page/curves/curve-view.ts';
import { keptCurveView } from '../../src/report/page/curves/kept-curve-view.ts';
import { smooth } from '../../src/report/page/curves/smooth.ts';
import { byNumbers, decimalsOf, fixedText, valueText } from '../../src/report/page/format.ts';
import { paramTexts } from '../../src/report/page/param-texts.ts';
import { replicatesOf } from '../../src/report/page/replicates.ts';
import { layoutDag } from '../../src/report/page/run/dag-layout.ts';
import { pageState } from '../../src/report/page/state.ts';
import { emptyView } from './empty-view.ts';
import { comparison, runOf, study } from './fixture.ts';

describe('the drawing of the stages', () => {
  const stages = [
    { name: 'report', deps: ['evaluate', 'train'] },
    { name: 'download', deps: [] },
    { name: 'preprocess', deps: ['download'] },
    { name: 'train', deps: ['preprocess', 'elsewhere'] },
    { name: 'evaluate', deps: ['train', 'preprocess'] },
  ];

  test('each stage is right of all it needs, in whatever order they were declared', () => {
    const layout = layoutDag(stages);
    const column = (name: string) => layout.stages.get(name)?.column;
    expect(['download', 'preprocess', 'train', 'evaluate', 'report'].map(column)).toEqual([0, 1, 2, 3, 4]);
    expect(layout.edges.map(({ from, to }) => `${from} ${to}`)).not.toContain('elsewhere train');
  });

  test('no two things share a spot, and a line passes every column on its way', () => {
    const { edges, stages: spots } = layoutDag(stages);
    const passed = edges.flatMap(({ path }) => path.slice(1, -1));
    const taken = [...spots.values(), ...passed].map(({ column, row }) => `${column},${row}`);
    expect(new Set(taken).size).toBe(taken.length);
    for (const { path } of edges)
      expect(path.map(({ column }) => column)).toEqual(path.map((_, at) => (path[0]?.column ?? 0) + at));
  });

  test('nothing is drawn of nothing', () => {
    expect(layoutDag([])).toMatchObject({ columns: 0, rows: 0, edges: [] });
  });
});

describe('smoothing', () => {
  test('stays within what was reported, and keeps gaps where they are', () => {
    const values = fc.array(fc.option(fc.double({ min: -1e6, max: 1e6, noNaN: true })), {
      minLength: 1,
      maxLength: 300,
    });
    fc.assert(
      fc.property(values, (reported) => {
        const finite = reported.filter((value) => value !== null);
        const smoothed = smooth(reported);
        expect(smoothed.map((value) => value === null)).toEqual(reported.map((value) => value === null));
        for (const value of smoothed) {
          if (value === null) continue;
          expect(value).toBeGreaterThanOrEqual(Math.min(...finite) - 1e-6);
          expect(value).toBeLessThanOrEqual(Math.max(...finite) + 1e-6);
        }
      }),
    );
  });

  test('is the mean of the 5 % of points around', () => {
    const values = Array.from({ length: 100 }, (_, at) => (at === 50 ? 5 : 0));
    expect(smooth(values).slice(46, 55)).toEqual([0, 0, 1, 1, 1, 1, 1, 0, 0]);
  });

  test('leaves a short curve as it is', () => {
    expect(smooth([1, 9, 1, 9])).toEqual([1, 9, 1, 9]);
  });
});

describe('numbers', () => {
  test.each([
    [
      [0.2511, 0.0937],
      ['0.2511', '0.0937'],
    ],
    [
      [1234.5, 2.25],
      ['1235', '2'],
    ],
    [
      [12, 3],
      ['12', '3'],
    ],
    [
      [0.25, 0.000001],
      ['0.2500', '1e-6'],
    ],
    [
      [0, 0.0001234],
      ['0.0000000', '0.0001234'],
    ],
  ])('of one column have as many decimals: %j', (values, shown) => {
    expect(values.map((value) => fixedText(value, decimalsOf(values)))).toEqual(shown);
  });

  test.each([
    [0.002, '2e-3'],
    [0.1, '0.1'],
    [0.0005, '5e-4'],
    [1_000_000, '1000000'],
    [[1, 'a', null], '[1, a, null]'],
    [undefined, ''],
  ])('a setting is shown as it was set: %j', (value, shown) => {
    expect(valueText(value)).toBe(shown);
  });
});

test('a sampled number has as many digits as tell it from all others, also from one that was typed', () => {
  const runs = [0.1234, 0.12340001, 0.75].map((rate, at) => runOf(at, { rate }, 0));
  const text = paramTexts(runs);
  expect(runs.map(({ params }) => text('rate', params.rate))).toEqual(['0.1234', '0.12340001', '0.75']);
});

test('numbers are ordered by size and before texts, and texts by the numbers in them', () => {
  const texts = ['wgan 10', '1e-3', '0.05', '', 'wgan 9', '0.1', '-1'];
  expect(texts.toSorted(byNumbers)).toEqual(['-1', '1e-3', '0.05', '0.1', '', 'wgan 9', 'wgan 10']);
});

describe('the best', () => {
  const runs = [
    runOf(0, {}, 0.1),
    runOf(1, {}, 0.3),
    runOf(2, {}, null),
    runOf(3, {}, 0.9, { metrics: { 'validate.ndcg@10': { value: 0.9, group: 'leaked' } } }),
  ];

  test('is of its group; what diverged is never it, and of one or of equals none is', () => {
    const maximal = bestValues(runs, () => 'maximize');
    expect(maximal('validate.ndcg@10', 'held-out')).toBe(0.3);
    expect(maximal('validate.ndcg@10', 'leaked')).toBeUndefined();
    expect(bestValues(runs, () => 'minimize')('validate.ndcg@10', 'held-out')).toBe(0.1);
    expect(bestValues(runs, () => undefined)('validate.ndcg@10', 'held-out')).toBeUndefined();
  });

  test('has replicates where only seeds and folds differ, and none in another group', () => {
    const seeds = [1, 2, 3].map((seed) => runOf(seed, { 'model.lr': 1, seed }, seed / 10));
    const other = runOf(4, { 'model.lr': 2, seed: 1 }, 0.05);
    const leaked = runOf(5, { 'model.lr': 1, seed: 9 }, 0.9, {
      metrics: { 'validate.ndcg@10': { value: 0.9, group: 'leaked' } },
    });
    const state = pageState(comparison([...seeds, other, leaked]), emptyView());
    const [first] = seeds;
    if (first === undefined) throw new Error('there are seeds');
    expect(replicatesOf(state, first).map((run) => run.trial)).toEqual([1, 2, 3]);
    expect(replicatesOf(state, other)).toEqual([other]);
  });

  test('has the replicates that a study names, and no others', () => {
    const runs = [1, 2, 3, 4].map((at) => runOf(at, { 'data.seed': at % 2, draw: at }, at / 10));
    const metric = { name: 'validate.ndcg@10', goal: 'maximize' } as const;
    const asked = { name: 's', states: {}, sampler: 'grid', metric, replicates: ['draw'], arms: [] };
    const state = pageState(comparison(runs, { study: asked }), emptyView());
    const [first] = runs;
    if (first === undefined) throw new Error('there are runs');
    expect(replicatesOf(state, first).map((run) => run.trial)).toEqual([1, 3]);
  });
});

test('a range holds all values and the reference, and on a log axis no zero', () => {
  const [run] = study().runs;
  if (run === undefined) throw new Error('the study has runs');
  const lines = [{ run, series: { steps: [1, 2, 3], values: [0, null, 8], points: 3 } }];
  const [low, high] = rangeOf(lines, 10, false);
  expect([low <= 0, high >= 10]).toEqual([true, true]);
  expect(rangeOf(lines, undefined, true)[0]).toBeGreaterThan(0);
  expect(rangeOf([], undefined, false)).toEqual([0, 1]);
});

test('curves side by side have a colour for each setting, also where some lack the param that tells them apart', () => {
  const runs = ['a', 'b'].flatMap((loss, at) => [
    runOf(2 * at, { loss }, 0.1),
    runOf(2 * at + 1, { loss, decay: 1 }, 0.2),
  ]);
  const state = pageState(comparison(runs), emptyView());
  const keys = colorKeys(state, { ...keptCurveView(state), splitBy: 'loss', colorBy: undefined }, new Set(runs));
  expect(keys.map((key) => [...key.runs].map(({ trial }) => trial)).sort()).toEqual([
    [0, 2],
    [1, 3],
  ]);
});

test('more lines than colours are told apart by their dashes', () => {
  const styles = Array.from({ length: 18 }, (_, key) => lineStyleOf(key, 6));
  expect(new Set(styles.map(({ color, dash }) => `${color} ${dash}`)).size).toBe(18);
});
