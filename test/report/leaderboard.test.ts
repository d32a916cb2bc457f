import { Chalk } from 'chalk';
import { expect, test } from 'vitest';
import { short } from '../../src/hash.ts';
import { withIndex } from '../../src/record/open-index.ts';
import { comparisonOf } from '../../src/report/from-record.ts';
import { leaderboard } from '../../src/report/leaderboard.ts';
import { shortNames } from '../../src/report/ranking.ts';
import { record, recordStudy } from '../helpers/record-fixture.ts';
import { temporaryLayout } from '../helpers/temporary-layout.ts';

const chalk = new Chalk({ level: 0 });

test('best first, protocols apart, diverged and failed ones last, what is held out said', async () => {
  const layout = temporaryLayout();
  recordStudy(layout);
  const [leaked = ''] = record(layout, { protocol: 'leaked', score: 0.9 });
  const [diverged = ''] = record(layout, { params: { seed: 3 }, score: 'NaN' });
  const selection = ['loss', leaked, diverged];
  const comparison = await withIndex(layout, (index) => comparisonOf(index, layout, selection));
  const lines = leaderboard(comparison, { chalk, width: 72, limit: 3 });
  expect(lines.every((line) => line.length <= 90)).toBe(true);
  const cells = lines.map((line) => line.trim().split(/ {2,}/));
  expect(lines[0]).toBe('14 runs, by evaluate.ndcg@10 (most first)');
  expect(cells.slice(2).map((row) => row[0])).toEqual([
    ...['evaluate.protocol = masked', '1', '2', '3', 'evaluate.protocol = leaked', '1', 'without a value'],
    ...[short(comparison.runs.find((run) => run.status === 'failed')?.configHash ?? ''), short(diverged)],
    expect.stringMatching(/^\(no room for /),
    'and 8 more (--limit)',
    '12 configs were scored on this held-out part: the best of them is flattered by that.',
  ]);
  expect(lines.join('\n')).toContain(' NaN');
});

test('a name is shown by as few of its last parts as tell it from the others', () => {
  const shown = (params: readonly string[], metrics: readonly string[]) =>
    Object.fromEntries(shortNames(params, metrics));
  expect(shown(['model.loss', 'seed', 'data.seed', 'a.b.c'], ['train.loss', 'validate.ndcg@10'])).toEqual({
    ...{ 'model.loss': 'model.loss', seed: 'seed', 'data.seed': 'data.seed', 'a.b.c': 'c' },
    ...{ 'train.loss': 'train.loss', 'validate.ndcg@10': 'ndcg@10' },
  });
  expect(shown([], ['summary.mse.mean', 'evaluate@0.mae'])).toEqual({
    ...{ 'summary.mse.mean': 'mse.mean', 'evaluate@0.mae': 'evaluate@0.mae' },
  });
  expect(shown(['mean'], ['a.mse.mean', 'b.mean'])).toEqual({
    mean: 'mean',
    'a.mse.mean': 'mse.mean',
    'b.mean': 'b.mean',
  });
});
