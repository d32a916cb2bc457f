/** Which params name a run on the page. */

import { expect, test } from 'vitest';
import type { JsonValue } from '../../src/pipeline/types.ts';
import { mostParams, tellingParams } from '../../src/report/page/naming.ts';
import { pageState } from '../../src/report/page/state.ts';
import { emptyView } from './empty-view.ts';
import { comparison, runOf } from './fixture.ts';

const metric = 'validate.ndcg@10';
const everywhere = ['a.source', 'a.method', 'a.values', 'a.part', 'a.protocol', 'a.candidates'];

function setting(data: string, model: Readonly<Record<string, JsonValue>>): Readonly<Record<string, JsonValue>> {
  return { ...Object.fromEntries(everywhere.map((name) => [name, data])), ...model };
}

/** Four of one sweep and one of another protocol, which alone makes six params differ before those of the sweep. */
function mixed() {
  const sweep = [1, 2, 3, 4].map((at) =>
    runOf(at, setting('x', { 'm.loss': at % 2 === 0 ? 'wgan' : 'vanilla', 'm.hidden': 32 * Math.ceil(at / 2) }), at),
  );
  const other = runOf(5, setting('y', { 'm.loss': 'vanilla', 'm.hidden': 32 }), 9, {
    metrics: { [metric]: { value: 9, group: 'leaked' } },
  });
  return { sweep, other };
}

test('where many params differ, runs of a group are named by those that differ within it', () => {
  const { sweep, other } = mixed();
  const state = pageState(comparison([...sweep, other]), emptyView());
  expect(sweep.map(state.label)).toEqual([
    'loss vanilla · hidden 32',
    'loss wgan · hidden 32',
    'loss vanilla · hidden 64',
    'loss wgan · hidden 64',
  ]);
  expect(state.label(other)).toContain('source y');
});

test('of a study with arms a run is named by its arm, in words alone, and by what differs within that', () => {
  const tuned = [0.1, 0.2].map((rate, at) =>
    runOf(at, { 'm.name': 'gan', 'm.loss': 'wgan', 'm.rate': rate, ...knobs(at) }, 1 - at),
  );
  const others = [2, 3].map((at) => runOf(at, { 'm.name': 'knn', 'm.shrink': at, k: 5 }, at / 10));
  const [chance] = [runOf(4, { 'm.name': 'random' }, 0)];
  const metric = { name: 'validate.ndcg@10', goal: 'maximize' } as const;
  const study = { name: 's', states: {}, sampler: 'tpe', metric, replicates: [], arms: ['m.name', 'm.loss'] };
  const state = pageState(comparison([...tuned, ...others, chance], { study }), emptyView());
  expect([...tuned, ...others, chance].map(state.label)).toEqual([
    expect.stringMatching(/^gan · wgan · .*rate 0.1/),
    expect.stringMatching(/^gan · wgan · .*rate 0.2/),
    'knn · shrink 2',
    'knn · shrink 3',
    'random',
  ]);
});

const knobs = (at: number) => ({ p: at, q: 'same', r: 'same' });

test('where few params differ, all of them name a run', () => {
  const state = pageState(comparison([runOf(0, { b: 1, a: 'x' }, 0.1), runOf(1, { b: 2 }, 0.2)]), emptyView());
  expect(state.comparison.runs.map(state.label)).toEqual(['b 1 · a x', 'b 2']);
});

test('of many params those are taken that tell most runs apart, and they keep their order', () => {
  const { sweep, other } = mixed();
  const params = [...everywhere, 'm.loss', 'm.hidden'];
  const taken = tellingParams([...sweep, other], params);
  expect(taken).toHaveLength(mostParams);
  expect(taken).toEqual(params.filter((name) => taken.includes(name)));
  expect(taken).toEqual(expect.arrayContaining(['m.loss', 'm.hidden']));
  expect(tellingParams([], params)).toHaveLength(mostParams);
});
