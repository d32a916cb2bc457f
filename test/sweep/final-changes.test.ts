/** A study whose final runs have begun: what may still be another when it goes on. */
import { describe, expect, test } from 'vitest';
import type { JournalEvent } from '../../src/events.ts';
import type { JsonValue } from '../../src/pipeline/types.ts';
import { openJournal } from '../../src/record/journal.ts';
import { type BeginOptions, beginStudy } from '../../src/sweep/begin-study.ts';
import { studyReader } from '../../src/sweep/study-state.ts';
import { temporaryLayout } from '../helpers/temporary-layout.ts';
import { asked, finalTold, specOf, stateOf, told } from './study-fixture.ts';

const identity = { parameters: { x: { low: 0 } } };
const final = {
  until: 'test',
  per: [],
  top: 1,
  set: { size: 1 },
  best_step: {},
  replicates: [{ seed: 11 }, { seed: 12 }],
};
type Given = Readonly<Record<string, JsonValue>>;

/** A study of one trial, that is told, and of which a final run is due. */
function study() {
  const layout = temporaryLayout();
  const note = (...events: readonly JournalEvent[]) => {
    const journal = openJournal(layout.study('s').journals);
    for (const event of events) journal.append(event);
    journal.close();
  };
  const begin = async (code: string | undefined, options: BeginOptions = {}, changes: Given = {}) => {
    const givenFinal: { givenFinal?: Given } = code === undefined ? {} : { givenFinal: { test: { code } } };
    const origin = {
      identity: { ...identity, final: { ...final, ...changes } },
      given: { train: { code: 'a' } },
      ...givenFinal,
    };
    const spec = specOf({ budget: { trials: 1 } });
    return (await beginStudy(spec, origin, layout, { hasMore: () => true, ...options })).phase?.phase;
  };
  const beginWith = (changes: Given) => begin('a', {}, changes);
  const looked = (replicate = 0) => note({ ...finalTold(0, replicate), at: Date.now() });
  const state = () => studyReader(layout.study('s').journals).read();
  return { note, begin, beginWith, state, looked, trial: () => note(asked(0), told(0, [1])) };
}

describe('the code of the stages that only final runs have', () => {
  test('may be another until they begin; then it is refused, mixed, or all is run again', async () => {
    const { begin, looked, trial } = study();
    await begin('a');
    trial();
    expect(await begin('b')).toEqual({ number: 0, first: 0, counted: 0 });
    looked();
    await expect(begin('c')).rejects.toThrow('  test.code: "b" → "c"');
    expect(await begin('c', { hasMore: () => false })).toEqual({ number: 0, first: 0, counted: 0 });
    await expect(begin('c')).rejects.toThrow('  test.code: "b" → "c"');
    expect(await begin('c', { changed: 'mix' })).toMatchObject({ number: 1, mixed: true });
    expect(await begin('c')).toMatchObject({ number: 1, mixed: true });
    expect(await begin('d', { changed: 'rerun' })).toEqual({ number: 2, first: 1, counted: 1 });
    expect(await begin('e')).toMatchObject({ number: 2 });
  });

  test('of final runs from before it was kept nothing is known', async () => {
    const { begin, looked, trial } = study();
    await begin(undefined);
    trial();
    looked();
    expect(await begin('a')).toEqual({ number: 0, first: 0, counted: 0 });
    looked(1);
    await expect(begin('b')).rejects.toThrow('  test.code: "a" → "b"');
  });
});

describe('final runs that failed', () => {
  const failing = (replicate: number, at: number): JournalEvent => {
    const { metrics: _, ...failed } = finalTold(0, replicate);
    return { ...failed, at, reason: 'it broke' };
  };

  test('are open again where that is asked for, whatever the order of the journals; those that did not fail are not', () => {
    const reopened: JournalEvent = { type: 'final-reopened', at: 301, study: 's', trial: 0, replicate: 1 };
    const again = { ...finalTold(0, 1), at: 302 };
    const events = [finalTold(0), failing(1, 300), reopened];
    for (const some of [events, events.toReversed()]) {
      const state = stateOf(...some);
      expect(state.finals.map(({ replicate }) => replicate)).toEqual([0]);
      expect([...state.reopenedFinals]).toEqual([['0/1', 1]]);
      expect(stateOf(again, ...some).finals.map(({ at }) => at)).toEqual([300, 302]);
    }
  });

  test('hold the file to nothing, and are run again with what it says then', async () => {
    const { beginWith, note, trial, state } = study();
    await beginWith({});
    trial();
    note(failing(0, Date.now()));
    await beginWith({});
    expect((await state()).finals).toHaveLength(1);
    await beginWith({ set: { size: 2 } });
    expect((await state()).finals).toHaveLength(0);
  });
});

describe('final: of the file', () => {
  const seeds = (...list: readonly number[]) => ({ replicates: list.map((seed) => ({ seed })) });

  test.each<[string, Given, string | undefined]>([
    ['as it was', {}, undefined],
    ['with seeds added at the end', seeds(11, 12, 13), undefined],
    ['with another one in the place of a seed that has not run', seeds(11, 13), undefined],
    ['with another seed', seeds(21, 12), 'final runs of another seeds: [11,12] → [21,12]'],
    ['with a seed before the others', seeds(10, 11, 12), 'another seeds: [11,12] → [10,11,12]'],
    ['with other params', { set: { size: 2 } }, 'another set: {"size":1} → {"size":2}'],
    ['up to another stage', { until: 'report' }, 'another until: "test" → "report"'],
    ['of more', { top: 2 }, 'another top: 1 → 2'],
    ['of other groups', { per: ['x'] }, 'another per: [] → ["x"]'],
    ['of other lengths', { best_step: { size: 'train.loss' } }, 'another best_step: {} → {"size":"train.loss"}'],
  ])('%s, once a final run is there', async (_what, changes, refusal) => {
    const { beginWith, looked, trial } = study();
    await beginWith({ set: { size: 3 } });
    trial();
    await beginWith({});
    looked();
    if (refusal === undefined) await beginWith(changes);
    else await expect(beginWith(changes)).rejects.toThrow(refusal);
  });

  test('seeds that were added and have run may not be others either', async () => {
    const { beginWith, looked, trial } = study();
    await beginWith({});
    trial();
    looked();
    await beginWith(seeds(11, 12, 13));
    looked(2);
    await expect(beginWith({})).rejects.toThrow('another seeds');
    await expect(beginWith(seeds(11, 12, 14))).rejects.toThrow('another seeds');
  });

  test('what a study of before has not on record is not held against it; of one that begins anew nothing is', async () => {
    const { begin, beginWith, looked, trial } = study();
    await beginWith({ top: undefined, set: undefined, best_step: undefined } as unknown as Given);
    trial();
    looked();
    await beginWith({ set: { size: 2 } });
    await expect(beginWith({ until: 'report' })).rejects.toThrow('another until');
    expect(await begin('b', { changed: 'rerun' }, { until: 'report' })).toMatchObject({ counted: 1 });
  });
});
