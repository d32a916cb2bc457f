/** A study whose final runs have begun: what may still be another when it goes on. */
import { describe, expect, test } from 'vitest';
import type { JournalEvent } from '../../src/events.ts';
import type { JsonValue } from '../../src/pipeline/types.ts';
import { openJournal } from '../../src/record/journal.ts';
import { type BeginOptions, beginStudy } from '../../src/sweep/begin-study.ts';
import { temporaryLayout } from '../helpers/temporary-layout.ts';
import { asked, finalTold, specOf, told } from './study-fixture.ts';

const identity = { parameters: { x: { low: 0 } } };
type Given = Readonly<Record<string, JsonValue>>;

/** A study of one trial, that is told, and of which a final run is due. */
function study() {
  const layout = temporaryLayout();
  const note = (...events: readonly JournalEvent[]) => {
    const journal = openJournal(layout.study('s').journals);
    for (const event of events) journal.append(event);
    journal.close();
  };
  const begin = async (code: string | undefined, options: BeginOptions = {}) => {
    const givenFinal: { givenFinal?: Given } = code === undefined ? {} : { givenFinal: { test: { code } } };
    const origin = { identity, given: { train: { code: 'a' } }, ...givenFinal };
    const spec = specOf({ budget: { trials: 1 } });
    return (await beginStudy(spec, origin, layout, { hasMore: () => true, ...options })).phase?.phase;
  };
  const looked = (replicate = 0) => note({ ...finalTold(0, replicate), at: Date.now() });
  return { note, begin, looked, trial: () => note(asked(0), told(0, [1])) };
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
