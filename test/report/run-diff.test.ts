import { describe, expect, test } from 'vitest';
import { type DiffMetric, type DiffSide, diffOf } from '../../src/report/run-diff.ts';

const side = (more: Partial<DiffSide>): DiffSide => ({ name: 'a', params: {}, stages: {}, ...more });
const metric = (value: DiffMetric['value'], more: Partial<DiffMetric> = {}): DiffMetric => ({
  ...{ value, goal: 'maximize', comparable: { truth: 'x' } },
  ...more,
});
const verdict = (a: DiffMetric, b: DiffMetric) =>
  diffOf(side({ metrics: { m: a } }), side({ metrics: { m: b } })).metrics[0]?.verdict;

describe('metrics', () => {
  test.each([
    ['more is better', metric(1), metric(2), 'better'],
    ['less is better', metric(1, { goal: 'minimize' }), metric(2, { goal: 'minimize' }), 'worse'],
    ['today’s goal counts', metric(1, { goal: null }), metric(2), 'better'],
    ['without a goal neither', metric(1, { goal: null }), metric(2, { goal: null }), null],
    ['under another protocol neither', metric(1), metric(2, { comparable: { truth: 'y' } }), 'incomparable'],
    ['what diverged is worst', metric(-1e300), metric('NaN'), 'worse'],
    [
      'also of what is to be small',
      metric('Infinity', { goal: 'minimize' }),
      metric(1e300, { goal: 'minimize' }),
      'better',
    ],
    ['two that diverged', metric('NaN'), metric('Infinity'), null],
  ])('%s', (_what, a, b, expected) => {
    expect(verdict(a, b)).toBe(expected);
  });

  test('one that is new has no difference and no verdict', () => {
    expect(diffOf(side({ metrics: {} }), side({ metrics: { m: metric(1) } })).metrics).toEqual([
      { name: 'm', before: null, after: 1, difference: null, goal: 'maximize', verdict: null },
    ]);
  });

  test('where one side has none at all, nothing is said of them', () => {
    expect(diffOf(side({ metrics: { m: metric(1) } }), side({})).metrics).toEqual([]);
  });
});

test('stages: same, changed by field, new, gone, and not known', () => {
  const a = side({
    stages: { same: { key: { cpus: 1 } }, gone: {}, changed: { key: { params: { x: 1 } } }, dark: {} },
  });
  const b = side({
    stages: { same: { key: { cpus: 1 } }, changed: { key: { params: { x: 2 } } }, dark: { key: {} }, fresh: {} },
  });
  expect(diffOf(a, b).stages).toEqual([
    { name: 'same', change: 'same', fields: [] },
    { name: 'gone', change: 'removed', fields: [] },
    { name: 'changed', change: 'changed', fields: [{ field: 'params.x', before: 1, after: 2 }] },
    { name: 'dark', change: 'unknown', fields: [] },
    { name: 'fresh', change: 'added', fields: [] },
  ]);
});

test('outputs are compared where both sides have a result', () => {
  const a = side({ stages: { a: { outputs: { x: '1', y: '2' } }, b: { outputs: { z: '1' } } } });
  const b = side({ stages: { a: { outputs: { x: '1', w: '3' } }, b: {} } });
  expect(diffOf(a, b).outputs).toEqual([
    { name: 'a.x', before: '1', after: '1', identical: true },
    { name: 'a.y', before: '2', after: null, identical: false },
    { name: 'a.w', before: null, after: '3', identical: false },
  ]);
});
