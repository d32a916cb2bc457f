/** What begins a study, and what another phase of it. */
import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../src/pipeline/types.ts';
import { openJournal } from '../../src/record/journal.ts';
import { type BeginOptions, beginStudy, isSearched } from '../../src/sweep/begin-study.ts';
import { temporaryLayout } from '../helpers/temporary-layout.ts';
import { asked, specOf, stateOf, told } from './study-fixture.ts';

const identity = {
  ...{ metric: 'score.value', sampler: { type: 'random' }, parameters: { x: { low: 0 }, y: { low: 0 } } },
  pruner: { type: 'asha', metric: { stage: 'train', series: 'loss' } },
  question: 'which?',
};
type Identity = Readonly<Record<string, JsonValue>>;

/** A study of one trial told and one open, begun with `identity` and code `a`. */
async function begun() {
  const layout = temporaryLayout();
  const on = async (changes: Identity = {}, code = 'a', options: BeginOptions = {}) => {
    const origin = { identity: { ...identity, ...changes }, given: { train: { code } } };
    const state = await beginStudy(specOf({ budget: { trials: 3 } }), origin, layout, options);
    return state.phase?.phase;
  };
  expect(await on()).toEqual({ number: 0, first: 0, counted: 0 });
  const journal = openJournal(layout.study('s').journals);
  for (const event of [asked(0), told(0, [1]), asked(1)]) journal.append(event);
  journal.close();
  return on;
}

describe('a study that goes on', () => {
  test.each<[string, Identity, object]>([
    ['as it was', {}, { number: 0, first: 0, counted: 0 }],
    ['under another question', { question: 'why?' }, { number: 0, first: 0, counted: 0 }],
    ['with another sampler', { sampler: { type: 'tpe' } }, { number: 1, first: 2, counted: 0 }],
    [
      'with parameters in another order',
      { parameters: { y: { low: 0 }, x: { low: 0 } } },
      { number: 1, first: 2, counted: 0 },
    ],
    ['with another pruner', { pruner: { ...identity.pruner, type: 'median' } }, { number: 1, first: 2, counted: 0 }],
    [
      'with a pruner of another series',
      { pruner: { ...identity.pruner, metric: { stage: 'train', series: 'error' } } },
      { number: 1, first: 2, counted: 0, comparable: 2 },
    ],
  ])('%s', async (_what, changes, phase) => {
    expect(await (await begun())(changes)).toEqual(phase);
  });

  test('for something else is refused, with the field', async () => {
    await expect((await begun())({ metric: 'score.other' })).rejects.toThrow('  metric: "score.value" → "score.other"');
  });

  test('with other code is refused, mixed or run again; run again it is mixed no more', async () => {
    const on = await begun();
    await expect(on({}, 'b')).rejects.toThrow('  train.code: "a" → "b"');
    await expect(on({ sampler: { type: 'tpe' } }, 'b')).rejects.toThrow('  train.code: "a" → "b"');
    expect(await on({}, 'b', { changed: 'mix' })).toEqual({ number: 1, first: 2, counted: 0, mixed: true });
    expect(await on({ sampler: { type: 'tpe' } }, 'b')).toEqual({ number: 2, first: 2, counted: 0, mixed: true });
    expect(await on({ sampler: { type: 'tpe' } }, 'c', { changed: 'rerun' })).toEqual({
      number: 3,
      first: 2,
      counted: 2,
    });
  });
});

test('a search is the one on record whatever its words; in another order it is another', () => {
  const state = stateOf({ type: 'study-started', at: 1, study: 's', spec: identity });
  expect(isSearched(state, { ...identity, question: 'why?' })).toBe(true);
  expect(isSearched(state, { ...identity, parameters: { y: { low: 0 }, x: { low: 0 } } })).toBe(false);
  expect(isSearched(state, { ...identity, sampler: { type: 'tpe' } })).toBe(false);
  expect(isSearched(stateOf(), identity)).toBe(false);
});
