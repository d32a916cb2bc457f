/** A study's state is a function of its events, whatever the order in which the journals of its workers are read. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JournalEvent, TrialAsked, TrialTold } from '../../src/events.ts';
import type { ConfigHash } from '../../src/hash.ts';
import { openJournal } from '../../src/record/journal.ts';
import { currentProcess } from '../../src/store/process-identity.ts';
import type { StudyDefinition } from '../../src/sweep/definition.ts';
import { seenTrials } from '../../src/sweep/seen.ts';
import { onlyPhase, type StudyState, studyReader, studyRecord } from '../../src/sweep/study-state.ts';
import { temporaryLayout } from '../helpers/temporary-layout.ts';

const by = currentProcess();
const asked = (trial: number, at: number, restarts = 0): TrialAsked => ({
  ...{ type: 'trial-asked', at, study: 's', trial, params: { x: trial }, by, restarts },
});
const told = (trial: number, at: number, value?: number): TrialTold => ({
  ...{ type: 'trial-told', at, study: 's', trial, runs: [`${trial}`.repeat(64) as ConfigHash] },
  ...(value === undefined ? { state: 'failed', reason: 'it broke' } : { state: 'complete', value }),
});
const started = (at: number, metric: string): JournalEvent => ({
  type: 'study-started',
  at,
  study: 's',
  spec: { metric },
});

const reported = (trial: number, step: number, at: number, value = step): JournalEvent => ({
  ...{ type: 'trial-reported', at, study: 's', trial, replicate: 0, step, value },
});
const reopened = (trial: number, at: number): JournalEvent => ({ type: 'trial-reopened', at, study: 's', trial });
const more = (trial: number, replicate: number, at: number, value: number): JournalEvent => ({
  ...{ type: 'replicate-told', at, study: 's', trial, replicate, run: 'f'.repeat(64) as ConfigHash, values: [value] },
});
const final = (trial: number, at: number, value: number): JournalEvent => ({
  ...{ type: 'final-told', at, study: 's', trial, replicate: 0, metrics: { 'test.value': value } },
});
const phase = (number: number, at: number): JournalEvent => ({
  ...{ type: 'study-started', at, study: 's', spec: { phase: number } },
  phase: { number, first: number * 2, counted: 0 },
});

const plain = (state: StudyState) => ({
  ...state,
  untold: [...state.untold].sort((a, b) => a - b),
  trials: [...state.trials.values()].sort((a, b) => a.number - b.number),
});
const after = (...portions: readonly (readonly JournalEvent[])[]) => {
  const record = studyRecord();
  for (const events of portions) record.add(events);
  return record.state;
};

const someEvent: fc.Arbitrary<JournalEvent> = fc
  .record({ what: fc.nat(7), trial: fc.nat(3), at: fc.nat(4), value: fc.option(fc.nat(3), { nil: undefined }) })
  .map(({ what, trial, at, value }) => {
    const events = [
      asked(trial, at, at),
      told(trial, at, value),
      started(at, `m${trial}`),
      reported(trial, value ?? 0, at, at),
      reopened(trial, at),
      more(trial, at, value ?? 0, at),
      final(trial, at, value ?? 0),
      phase(trial, at),
    ];
    return events[what] as JournalEvent;
  });

describe('state', () => {
  test('is the same in any interleaving', () => {
    const events = fc.array(someEvent, { maxLength: 12 });
    const shuffled = events.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
    );
    fc.assert(
      fc.property(shuffled, ([list, other]) => {
        expect(plain(after(other))).toEqual(plain(after(list)));
      }),
    );
  });

  test('is the same in whatever portions the events come', () => {
    fc.assert(
      fc.property(fc.array(someEvent, { maxLength: 12 }), fc.nat(12), (list, cut) => {
        expect(plain(after(list.slice(0, cut), list.slice(cut)))).toEqual(plain(after(list)));
      }),
    );
  });

  test('the first word told of a trial counts, the last that began it is named', () => {
    const events = [asked(0, 1), told(0, 5, 0.5), asked(0, 4, 1), told(0, 9, 0.7)];
    expect(after(events).trials.get(0)).toMatchObject({ asked: asked(0, 4, 1), told: told(0, 5, 0.5) });
  });

  test('a trial that was opened again is open until it is told again', () => {
    const events = [asked(0, 1), told(0, 5), reopened(0, 6)];
    expect(after(events).trials.get(0)).toMatchObject({ number: 0, reopened: 1 });
    expect(after(events).trials.get(0)?.told).toBeUndefined();
    expect(after([...events, told(0, 9, 0.7)]).trials.get(0)?.told).toEqual(told(0, 9, 0.7));
  });

  test('curves go by step, and the first word on a step counts', () => {
    const state = after([reported(0, 2, 5), reported(0, 1, 6), reported(0, 2, 4, 7), reported(0, 2, 8, 9)]);
    expect(state.trials.get(0)?.curves).toEqual([[reported(0, 1, 6), reported(0, 2, 4, 7)]]);
  });

  test('the highest phase is the one a study is in, begun by the first that said so', () => {
    const state = after([phase(1, 5), started(1, 'm'), phase(1, 4)]);
    expect(state.started).toEqual(started(1, 'm'));
    expect(state.phase).toEqual(phase(1, 4));
    expect(state.said).toEqual(phase(1, 5));
  });
});

describe('what samplers see', () => {
  const definition = (goal: 'minimize' | 'maximize'): StudyDefinition => ({
    ...{
      name: 's',
      metrics: [{ name: 'a.b', goal }],
      prunedGoal: goal,
      stratify: [],
      constraints: [],
      minReplicates: 1,
    },
    space: [{ name: 'x', distribution: { kind: 'int', low: 1, high: 9, log: false, step: 1 }, when: {} }],
    ...{ sampler: { type: 'random', seed: 1 }, budget: { trials: 9 } },
  });

  test('every trial that was asked, by number, the lower the better', () => {
    const state = after([asked(2, 1), asked(0, 1), asked(1, 1), told(2, 2, 0.4), told(0, 3)]);
    const seen = (sign: number) => [
      { number: 0, point: { x: 0 }, state: 'failed' },
      { number: 1, point: { x: 1 }, state: 'running' },
      { number: 2, point: { x: 2 }, state: 'complete', losses: [sign * 0.4] },
    ];
    expect(seenTrials(definition('minimize'), state, onlyPhase)).toEqual(seen(1));
    expect(seenTrials(definition('maximize'), state, onlyPhase)).toEqual(seen(-1));
  });

  test('of earlier phases what fits the space of today', () => {
    const state = after([asked(0, 1), asked(1, 1), asked(2, 1)]);
    const numbers = (counted: number) =>
      seenTrials(definition('minimize'), state, { number: 1, first: 2, counted }).map(({ number }) => number);
    expect(numbers(0)).toEqual([1, 2]); // x = 0 is below the range
    expect(numbers(2)).toEqual([2]);
  });

  test('replicates as a mean with its standard error; a mean that is no number as a failure', () => {
    const ofTrial = (...values: number[]) => {
      const word = { ...told(0, 2, 1), replicates: values.map((value) => [value]) };
      return seenTrials(definition('minimize'), after([asked(0, 1), word]), onlyPhase);
    };
    expect(ofTrial(1, 2, 3)).toMatchObject([{ losses: [2], noise: 1 / Math.sqrt(3) }]);
    expect(ofTrial(1, Number.NaN)).toEqual([{ number: 0, point: { x: 0 }, state: 'failed' }]);
  });
});

describe('reader', () => {
  test('follows several journals, each read on from where it was left', async () => {
    const { journals } = temporaryLayout().study('s');
    const reader = studyReader(journals);
    const nothing = { starts: [], phases: [], trials: [], untold: [], finals: [], reopenedFinals: new Map() };
    expect(plain(await reader.read())).toEqual(nothing);
    const [one, two] = [openJournal(journals), openJournal(journals)];
    one.append(started(1, 'm'));
    two.append(asked(0, 2));
    expect((await reader.read()).trials.get(0)?.told).toBeUndefined();
    one.append(told(0, 3, 0.1));
    two.append(asked(1, 4));
    const state = await reader.read();
    expect(plain(state)).toEqual(plain(await studyReader(journals).read()));
    expect(state.trials.get(0)?.told?.value).toBe(0.1);
    one.close();
    two.close();
  });
});
