import { expect, test } from 'vitest';
import type { StageFinished } from '../../src/events.ts';
import type { ParamTree } from '../../src/pipeline/types.ts';
import { openDatabase } from '../../src/record/database.ts';
import { openJournal } from '../../src/record/journal.ts';
import { withIndex } from '../../src/record/open-index.ts';
import type { Layout } from '../../src/store/layout.ts';
import { paramsOf, record, runEvents } from '../helpers/record-fixture.ts';
import { temporaryLayout } from '../helpers/temporary-layout.ts';

const all = (layout: Layout, view: string) =>
  withIndex(layout, async (index) => await index.ask(`SELECT * FROM ${view} ORDER BY started_at`));

/** A run whose `evaluate` has these metrics beside its own. */
function recordMetrics(layout: Layout, values: Readonly<Record<string, number | 'NaN'>>, params: ParamTree = {}): void {
  const journal = openJournal(layout.journals);
  for (const event of runEvents(layout, { params })) {
    const metrics = { more: { values, goal: {}, comparable: {}, holdout: false } };
    const more = { ...event, metrics } as StageFinished;
    journal.append(event.type === 'stage-finished' && event.stage === 'evaluate' ? more : event);
  }
  journal.close();
}

test('a row for each run and a column for each metric, which come with the runs that have them', async () => {
  const layout = temporaryLayout();
  const [first] = record(layout, { score: 0.3, study: { name: 's', trial: 4 } });
  expect(await all(layout, 'metrics_wide')).toEqual([
    {
      ...{ config_hash: first, attempt: 1, status: 'complete', study: 's', trial: 4, started_at: 1_700_000_000_000 },
      ...{ 'evaluate.loss': 1.5, 'evaluate.ndcg@10': 0.3, 'evaluate.precision@5': 0.125 },
      ...{ 'train.d_accuracy': 0.5, 'train.g_loss': 0.7 },
    },
  ]);
  recordMetrics(layout, { 'a "b" \'c\'; DROP TABLE runs': 2, bad: 'NaN' }, { seed: 2 });
  const rows = await all(layout, 'metrics_wide');
  expect(rows.map((row) => row['evaluate.a "b" \'c\'; DROP TABLE runs'])).toEqual([null, 2]);
  expect(rows.map((row) => row['evaluate.bad'])).toEqual([null, null]);
  expect(rows.map((row) => row['evaluate.ndcg@10'])).toEqual([0.3, null]);
});

test('params have their values as SQL has them, and another name where a column has theirs', async () => {
  const layout = temporaryLayout();
  const odd = { status: 'mine', on: true, none: null, big: 2 ** 53 - 1, tiny: 1e-300, list: [1, 'two'] };
  record(layout, { params: odd });
  const [row] = await all(layout, 'params_wide');
  expect(row).toMatchObject({
    ...{ status: 'complete', 'params.status': 'mine', on: 1, none: null, big: 2 ** 53 - 1, tiny: 1e-300 },
    ...{ list: '[1,"two"]', 'model.loss': 'vanilla', 'model.learning_rate': 0.0001 },
  });
  expect(Object.keys(row ?? {}).filter((name) => name in paramsOf({}))).toEqual(['seed']);
});

test('a name with a NUL, which would end a statement, has a column that shows where it is', async () => {
  const layout = temporaryLayout();
  recordMetrics(layout, { 'a\0b': 1, 'a\ufffdb': 2, 'a\0\'"': 3 });
  const [row] = await all(layout, 'metrics_wide');
  expect(Object.entries(row ?? {}).filter(([name]) => name.includes('\ufffd'))).toEqual([
    ['evaluate.a\ufffd\'"', 3],
    ['evaluate.a\ufffdb', 1],
    ['metrics.evaluate.a\ufffdb', 2],
  ]);
});

test('names that SQLite takes for one have a column each', async () => {
  const layout = temporaryLayout();
  recordMetrics(layout, { Mse: 1, mse: 2, MSE: 3 });
  const [row] = await all(layout, 'metrics_wide');
  expect(Object.entries(row ?? {}).filter(([name]) => /mse$/i.test(name))).toEqual([
    ['evaluate.MSE', 3],
    ['metrics.evaluate.Mse', 1],
    ['metrics.metrics.evaluate.mse', 2],
  ]);
});

test('of more names than SQLite has columns the first have one, and the record is read as before', async () => {
  const layout = temporaryLayout();
  const many = Object.fromEntries(Array.from({ length: 2500 }, (_, n) => [`m${String(n).padStart(4, '0')}`, n]));
  recordMetrics(layout, many);
  const [row] = await all(layout, 'metrics_wide');
  expect(Object.keys(row ?? {})).toHaveLength(2000);
  expect(row).toMatchObject({ 'evaluate.m0000': 0, 'evaluate.m1993': 1993 });
  const [kept] = await withIndex(layout, (index) => index.ask('SELECT count(*) AS n FROM run_metrics'));
  expect(kept?.n).toBe(2502);
});

test('the views are made again in the transaction that brings the name: no reader finds one without the other', async () => {
  const layout = temporaryLayout();
  record(layout, {});
  await all(layout, 'metrics_wide');
  const reader = await openDatabase(layout.index, { readOnly: true });
  await reader.exec('BEGIN');
  const names = async () => Object.keys((await reader.all<object>('SELECT * FROM metrics_wide'))[0] ?? {});
  const before = await names();
  recordMetrics(layout, { fresh: 1 }, { seed: 2 });
  await all(layout, 'metrics_wide');
  expect(await names()).toEqual(before);
  await reader.exec('COMMIT');
  expect(await names()).toContain('evaluate.fresh');
  expect(await reader.all('SELECT count(*) AS n FROM metrics_wide')).toEqual([{ n: 2 }]);
  await reader.close();
});
