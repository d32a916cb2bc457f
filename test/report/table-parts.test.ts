/** What the table of runs computes before it draws anything. */

import { describe, expect, test } from 'vitest';
import { isMistake, parseFilter } from '../../src/filter/filter.ts';
import type { JsonValue } from '../../src/pipeline/types.ts';
import type { ComparedRun, Comparison } from '../../src/report/comparison.ts';
import { pageState } from '../../src/report/page/state.ts';
import { chosenColumns } from '../../src/report/page/table/chosen-columns.ts';
import { fileName } from '../../src/report/page/table/export-name.ts';
import { exported, exportedText } from '../../src/report/page/table/exported.ts';
import { filterNames, filterRows } from '../../src/report/page/table/filter-rows.ts';
import { besideOf } from '../../src/report/page/table/row-beside.ts';
import { differenceOf, rowMetric } from '../../src/report/page/table/row-metric.ts';
import { replicatesIn, settingRows, type TableRow } from '../../src/report/page/table/setting-rows.ts';
import { sorted, sortOf, sortText } from '../../src/report/page/table/sorting.ts';
import { summaryOf } from '../../src/report/page/table/summary.ts';
import { paramValues, rowNotes, statusText } from '../../src/report/page/table/table-cells.ts';
import { columnsOf } from '../../src/report/page/table/table-columns.ts';
import { tableModel } from '../../src/report/page/table/table-model.ts';
import { listOf } from '../../src/report/page/view.ts';
import { emptyView } from './empty-view.ts';
import { comparison, runOf, study } from './fixture.ts';

const metric = 'validate.ndcg@10';
const stateOf = (shown: Comparison, view = emptyView()) => pageState(shown, view);
const row = (...runs: ComparedRun[]): TableRow => ({ all: runs, runs, section: 0 });
const failed = (trial: number, params: object) =>
  runOf(trial, params as never, null, { status: 'failed', metrics: {}, stages: [] });

describe('settings over their seeds', () => {
  const seeds = (loss: string, values: readonly number[], from = 0) =>
    values.map((value, at) => runOf(from + at, { loss, seed: at + 1 }, value));

  test('are one row each, whose runs without a value stay with the others', () => {
    const runs = [...seeds('a', [0.1, 0.3]), failed(9, { loss: 'a', seed: 3 }), ...seeds('b', [0.2], 20)];
    const rows = settingRows(stateOf(comparison(runs)));
    expect(rows.map(({ all }) => all.map((run) => run.params.seed))).toEqual([[2, 1, 3], [1]]);
    expect(rows.map(statusText)).toEqual(['2 complete, 1 failed', 'complete']);
  });

  test('are the best where all their runs came to a value', () => {
    const final = runOf(11, { loss: 'b', seed: 101 }, null, { metrics: {} });
    const runs = [...seeds('a', [0.8, 0.9]), failed(9, { loss: 'a', seed: 3 }), ...seeds('b', [0.2, 0.3], 20), final];
    const state = stateOf(comparison([...runs, ...seeds('c', [0.1], 30)]));
    const rows = settingRows(state);
    const { isBest } = besideOf(state, rows, true);
    const best = rows.filter((one) => isBest(one, metric));
    expect(best.map(({ all }) => all.map(({ params }) => params.loss))).toEqual([['b', 'b', 'b']]);
  });

  test('are apart where their values may not be ranked together; what has no value then stays alone', () => {
    const leaked = runOf(7, { loss: 'a', seed: 4 }, 0, { metrics: { [metric]: { value: 0.9, group: 'leaked' } } });
    const rows = settingRows(stateOf(comparison([...seeds('a', [0.1]), leaked, failed(9, { loss: 'a', seed: 3 })])));
    expect(rows.map(({ section, all }) => [section, all.length])).toEqual([
      [0, 1],
      [1, 1],
      [2, 1],
    ]);
  });

  test('are those of the replicates a study names: another seed may be what it searches', () => {
    const runs = [1, 2, 3, 4].map((at) => runOf(at, { 'data.seed': at % 2, seed: at }, at / 10));
    const asked = { name: 's', states: {}, sampler: 'grid', metric: { name: metric, goal: 'maximize' } as const };
    const rows = settingRows(stateOf(comparison(runs, { study: { ...asked, replicates: ['seed'], arms: [] } })));
    expect(rows.map(({ all }) => all.length)).toEqual([2, 2]);
    expect(settingRows(stateOf(comparison(runs))).map(({ all }) => all.length)).toEqual([4]);
  });

  test('are other ones where a param is null, and where there is none', () => {
    const settings: readonly Record<string, JsonValue>[] = [{ depth: null }, {}, { depth: 3 }];
    const runs = settings.flatMap((setting, k) => [1, 2].map((seed) => runOf(k * 2 + seed, { ...setting, seed }, k)));
    const rows = settingRows(stateOf(comparison(runs)));
    expect(rows.map(({ all }) => all.map(({ params }) => params.depth))).toEqual([
      [3, 3],
      [undefined, undefined],
      [null, null],
    ]);
  });

  test('show the values of what differs within them by size', () => {
    const runs = [0.5, 0.05, 0.25].map((fold, at) => runOf(at, { fold }, 0.1));
    expect(paramValues(row(...runs), 'fold')).toEqual([0.05, 0.25, 0.5]);
  });

  test('a config that was run twice is no second draw', () => {
    const [run] = seeds('a', [0.1]);
    if (run === undefined) throw new Error('there is a run');
    const again = { ...run, attempt: 2 };
    expect(replicatesIn(row(run, again))).toEqual([again]);
  });

  test('their mean has an interval by t from five on, else the least and the largest', () => {
    const five = summaryOf([1, 2, 3, 4, 5]);
    // t(0.975, 4) = 2.7764451, standard error sqrt(0.5)
    expect(five).toMatchObject({ n: 5, mean: 3, isInterval: true });
    expect((five?.high ?? 0) - 3).toBeCloseTo(2.7764451 * Math.sqrt(0.5), 6);
    expect(summaryOf([1, 4])).toEqual({ n: 2, mean: 2.5, low: 1, high: 4, isInterval: false });
    expect(summaryOf([])).toBeUndefined();
  });
});

describe('the difference to a baseline', () => {
  const of = (value: number | null, group = 'held-out') =>
    rowMetric(row(runOf(0, {}, 0, { metrics: { m: { value, group } } })), 'm');

  test('is better or worse by the goal, and neither without one', () => {
    expect(differenceOf(of(0.5), of(0.25), 'maximize')).toEqual({ kind: 'difference', value: 0.25, verdict: 'better' });
    expect(differenceOf(of(0.5), of(0.25), 'minimize')).toMatchObject({ verdict: 'worse' });
    expect(differenceOf(of(0.5), of(0.25), undefined)).toMatchObject({ verdict: null });
    expect(differenceOf(of(0.5), of(0.5), 'minimize')).toMatchObject({ value: 0, verdict: 'same' });
  });

  test('is none across groups, within a mixed row, or where one has no number', () => {
    expect(differenceOf(of(1), of(1, 'leaked'), 'maximize')).toEqual({ kind: 'incomparable' });
    const mixed = rowMetric(
      row(
        runOf(0, {}, 0, { metrics: { m: { value: 1, group: 'a' } } }),
        runOf(1, {}, 0, { metrics: { m: { value: 2, group: 'b' } } }),
      ),
      'm',
    );
    expect(mixed).toEqual({ kind: 'mixed' });
    expect(differenceOf(mixed, of(1), 'maximize')).toEqual({ kind: 'incomparable' });
    expect(differenceOf(of(null), of(1), 'maximize')).toBeUndefined();
    expect(differenceOf(undefined, of(1), 'maximize')).toBeUndefined();
  });

  test('the mean of a setting of which a run diverged is never the best', () => {
    const runs = [0.5, null, 0.2, 0.3].map((value, at) => runOf(at, { loss: at < 2 ? 'a' : 'b', seed: at % 2 }, value));
    const other = runOf(4, { loss: 'c', seed: 1 }, 0.1);
    const state = stateOf(comparison([...runs, other]));
    const rows = settingRows(state);
    const { isBest } = besideOf(state, rows, true);
    expect(rows.filter((one) => isBest(one, metric)).map(({ all }) => all[0]?.params.loss)).toEqual(['b']);
  });

  test('what diverged is no part of a mean, and is counted', () => {
    const some = rowMetric(row(runOf(0, { seed: 1 }, 0.5), runOf(1, { seed: 2 }, null)), metric);
    expect(some).toMatchObject({ kind: 'value', diverged: 1, summary: { n: 1, mean: 0.5 } });
  });
});

describe('the order', () => {
  const rows = [3, undefined, 1, 2].map((value, at) => ({ ...row(runOf(at, {}, 0)), value }));

  test('keeps groups apart, and what has no value last both ways', () => {
    const value = (one: TableRow) => (one as (typeof rows)[number]).value;
    const values = (isAscending: boolean) => sorted(rows, value, isAscending).map(value);
    expect(values(true)).toEqual([1, 2, 3, undefined]);
    expect(values(false)).toEqual([3, 2, 1, undefined]);
    const apart = rows.map((one, at) => ({ ...one, section: at % 2 }));
    expect(sorted(apart, value, true).map(({ section }) => section)).toEqual([0, 0, 1, 1]);
  });

  test('reads numbers within texts as numbers', () => {
    const texts = ['run 10', 'run 9', '__proto__'].map((text, at) => ({ ...row(runOf(at, {}, 0)), text }));
    const text = (one: TableRow) => (one as (typeof texts)[number]).text;
    expect(sorted(texts, text, true).map(text)).toEqual(['__proto__', 'run 9', 'run 10']);
  });

  test('is kept in the view as one text', () => {
    for (const sort of [
      { column: 'metric a-b', isAscending: false },
      { column: '+', isAscending: true },
    ])
      expect(sortOf(sortText(sort))).toEqual(sort);
    for (const text of [undefined, '', '-', 'metric a']) expect(sortOf(text)).toBeUndefined();
  });
});

describe('the columns', () => {
  const runs = [runOf(0, { a: 1, same: 'x', 'b,c': 1 }, 0.1), runOf(1, { a: 2, same: 'x', 'b,c': 2 }, 0.2)];

  test('are the usual ones, and what the reader changed is kept and read again', () => {
    const view = emptyView();
    const columns = columnsOf(stateOf(comparison(runs), view));
    const shown = () => columns.filter(chosenColumns(view, columns).isShown).map(({ id }) => id);
    expect(shown()).not.toContain('param same');
    const chosen = chosenColumns(view, columns);
    const column = (id: string) => columns.find((one) => one.id === id) as (typeof columns)[number];
    chosen.show(column('started'), true);
    chosen.show(column('param b,c'), false);
    expect(shown()).toContain('started');
    expect(shown()).not.toContain('param b,c');
    chosen.setOnlyDiffering(false);
    expect(shown()).toEqual(expect.arrayContaining(['param same', 'param b,c', 'started']));
    chosen.show(column('started'), false);
    chosen.setOnlyDiffering(true);
    expect([view.get('columns'), view.get('params')]).toEqual([undefined, undefined]);
  });
});

test('a list in a link is read as far as it can be, whatever became of the link', () => {
  expect(listOf('%2Bparam a%2Cb,%,%FF,100%')).toEqual(['+param a,b', '%', '%FF', '100%']);
});

describe('what is taken along', () => {
  test('has the rows and columns that are shown, in full, and what is to be quoted quoted', () => {
    const evil = 'a,"b"\n|<i>';
    const runs = [runOf(0, { [evil]: evil, k: 1 }, 0.123456789), runOf(1, { [evil]: 'c', k: 2 }, 0.2)];
    const model = tableModel(stateOf(comparison(runs)));
    const columns = model.shownColumns().filter(({ id }) => ['run', `param ${evil}`, `metric ${metric}`].includes(id));
    const shown = exported(columns, model.rows(), model.beside(), false);
    expect(shown.titles).toEqual(['run', 'attempt', evil, metric]);
    expect(shown.rows[1]).toEqual([runs[0]?.configHash, 1, evil, 0.123456789]);
    const csv = exportedText(shown, 'CSV');
    expect(csv).toContain(`,"a,""b""\n|<i>",0.123456789\n`);
    expect(exportedText(shown, 'Markdown').split('\n')[0]).toBe(`| run | attempt | a,"b" \\|&lt;i> | ${metric} |`);
    expect(JSON.parse(exportedText(shown, 'JSON'))[0]).toMatchObject({ [evil]: 'c', [metric]: 0.2 });
  });

  test('has each name once: a param may be called as a column is', () => {
    const named = (at: number) => ({ run: at, status: `s${at}`, [metric]: at, took_ms: at });
    const model = tableModel(stateOf(comparison([1, 2].map((at) => runOf(at, named(at), at / 10)))));
    const shown = exported(model.shownColumns(), model.rows(), model.beside(), false);
    expect(JSON.parse(exportedText(shown, 'JSON'))[0]).toMatchObject({
      ...{ status: 'complete', 'params.status': 's2', 'params.run': 2, [metric]: 2, [`metrics.${metric}`]: 0.2 },
      ...{ took_ms: 6274, 'params.took_ms': 2 },
    });
  });

  test('of settings has bounds and n, and beside a baseline the difference', () => {
    const view = emptyView();
    const runs = [1, 2].flatMap((k) => [1, 2].map((seed) => runOf(k * 10 + seed, { k, seed }, k / 10 + seed / 100)));
    const state = stateOf(comparison(runs), view);
    const model = tableModel(state);
    model.group(true);
    state.baseline.choose(runs[0]);
    const columns = model
      .shownColumns()
      .filter(({ id }) => ['count', 'param k', 'param seed', `metric ${metric}`].includes(id));
    const shown = exported(columns, model.rows(), model.beside(), true);
    expect(shown.titles).toEqual([
      'n',
      'k',
      'seed',
      metric,
      `${metric} low`,
      `${metric} high`,
      `${metric} minus baseline`,
    ]);
    const [best, base] = shown.rows;
    expect(best?.slice(0, 3)).toEqual([2, 2, [1, 2]]);
    expect(best?.slice(3)).toEqual([0.215, 0.21, 0.22, 0.1].map((value) => expect.closeTo(value, 12)));
    expect(base?.at(-1)).toBe(0);
    expect(view.get('seeds')).toBe('grouped');
  });

  test('gets a name that every file system takes', () => {
    expect([fileName('Study a/b: "c"'), fileName('../..'), fileName('größe')]).toEqual([
      'Study-a-b-c',
      'runs',
      'größe',
    ]);
  });
});

describe('the rows', () => {
  test('follow the filter: of a setting only what is let through is in the mean', async () => {
    const runs = [1, 2, 3].map((seed) => runOf(seed, { k: 1, seed }, seed / 10));
    const state = stateOf(comparison(runs));
    const model = tableModel(state);
    model.group(true);
    state.filter.keepOnly('test', (run) => run.params.seed !== 3);
    expect(model.refilter()).toHaveLength(1);
    expect(model.rows().map((one) => rowMetric(one, metric))).toMatchObject([{ summary: { n: 2 } }]);
    state.filter.keepOnly('test', () => false);
    model.refilter();
    expect(model.rows()).toEqual([]);
  });

  test('say why a run came to no end of its own, and which stages older code computed', () => {
    const stage = (more: object) => [{ ...study().runs[0]?.stages[0], ...more }] as ComparedRun['stages'];
    const notes = (more: Partial<ComparedRun>) => rowNotes(row(runOf(0, {}, 0, more)));
    const pruned = stage({ outcome: 'pruned', failure: 'was pruned at step 3: worse' });
    expect(notes({ status: 'pruned', stages: pruned })).toBe('train: was pruned at step 3: worse');
    expect(notes({ status: 'killed', stages: stage({ outcome: 'cancelled' }) })).toBe(
      'its process was gone during train',
    );
    expect(notes({ status: 'cancelled', stages: [] })).toBe('was interrupted');
    expect(notes({ olderCode: [{ stage: 'train', changed: ['train.js'] }] })).toBe('older code: train');
  });
});

test('the filter knows of each run the study it was run for, as in the terminal', () => {
  const runs = [runOf(1, { loss: 'a' }, 0.1, { study: 'size' }), runOf(2, { loss: 'b' }, 0.2, { study: 'depth' })];
  const filter = parseFilter('study = "size"', filterNames(comparison(runs)));
  if (isMistake(filter)) throw new Error(filter.mistake);
  const rowOf = filterRows();
  expect(runs.map((run) => filter.test(rowOf(run)))).toEqual([true, false]);
});
