/** A study's state is a function of its events, whatever the order in which the journals of its workers are read. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JournalEvent, TrialAsked, TrialTold } from '../../src/events.ts';
import type { ConfigHash } from '../../src/hash.ts';
import { openJournal } from '../../src/record/journal.ts';
import { currentProcess } from '../../src/store/process-identity.ts';
import { afterEvents, emptyStudy, type StudyState, seenTrials, studyReader } from '../../src/sweep/study.ts';
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

const plain = (state: StudyState) => ({
  started: state.started,
  trials: [...state.trials.values()].sort((a, b) => a.number - b.number),
});
const after = (events: readonly JournalEvent[]) => afterEvents(emptyStudy, events);

const someEvent: fc.Arbitrary<JournalEvent> = fc
  .record({ what: fc.nat(2), trial: fc.nat(3), at: fc.nat(4), value: fc.option(fc.nat(3), { nil: undefined }) })
  .map(({ what, trial, at, value }) =>
    what === 0 ? asked(trial, at, at) : what === 1 ? told(trial, at, value) : started(at, `m${trial}`),
  );

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

  test('is the same in whatever portions the events come, and what was read before stays as it was', () => {
    fc.assert(
      fc.property(fc.array(someEvent, { maxLength: 12 }), fc.nat(12), (list, cut) => {
        const before = after(list.slice(0, cut));
        const kept = plain(before);
        expect(plain(afterEvents(before, list.slice(cut)))).toEqual(plain(after(list)));
        expect(plain(before)).toEqual(kept);
      }),
    );
  });

  test('the first word told of a trial counts, the last that began it is named', () => {
    const events = [asked(0, 1), told(0, 5, 0.5), asked(0, 4, 1), told(0, 9, 0.7)];
    expect(after(events).trials.get(0)).toEqual({ number: 0, asked: asked(0, 4, 1), told: told(0, 5, 0.5) });
  });

  test('samplers see every trial that was asked, by number, the lower the better', () => {
    const state = after([asked(2, 1), asked(0, 1), asked(1, 1), told(2, 2, 0.4), told(0, 3)]);
    const seen = (sign: number) => [
      { number: 0, point: { x: 0 }, state: 'failed' },
      { number: 1, point: { x: 1 }, state: 'running' },
      { number: 2, point: { x: 2 }, state: 'complete', losses: [sign * 0.4] },
    ];
    expect(seenTrials(state, 'minimize')).toEqual(seen(1));
    expect(seenTrials(state, 'maximize')).toEqual(seen(-1));
  });
});

describe('reader', () => {
  test('follows several journals, each read on from where it was left', async () => {
    const { journals } = temporaryLayout().study('s');
    const reader = studyReader(journals);
    expect(plain(await reader.read())).toEqual({ started: undefined, trials: [] });
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
