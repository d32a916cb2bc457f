/** Who is in the race, and whose final runs are due. */
import { describe, expect, test } from 'vitest';
import type { JournalEvent } from '../../src/events.ts';
import { finalists, finalsDue } from '../../src/sweep/finals.ts';
import { leaderboard } from '../../src/sweep/leaderboard.ts';
import { replicatesDue, theRace } from '../../src/sweep/race.ts';
import type { SweepSpec } from '../../src/sweep/spec.ts';
import { surpassedFinalists } from '../../src/sweep/surpassed-finalists.ts';
import { asked, finalTold, oneMore, phase, specOf, stateOf, told } from './study-fixture.ts';

const numbers = (trials: readonly { readonly number: number }[]) => trials.map(({ number }) => number);

describe('the race', () => {
  const spec = specOf({ minReplicates: 3, replicates: [1, 2, 3, 4, 5].map((seed) => ({ seed })) });
  /** Trials 0 and 1 cannot be told apart; 2 is worse under every seed. */
  const begun = [
    ...[0, 1, 2].map((trial) => asked(trial)),
    ...[told(0, [5, 6, 7]), told(1, [5.1, 5.9, 7.1]), told(2, [1, 2.01, 3])],
  ];

  test('those in it are due the next replicate, all of one before the next', () => {
    const due = (...more: readonly JournalEvent[]) =>
      replicatesDue(spec, stateOf(...begun, ...more)).map(({ trial, replicate }) => [trial, replicate]);
    expect(due()).toEqual([
      [1, 3],
      [0, 3],
    ]);
    expect(due(oneMore(0, 3, 5))).toEqual([[1, 3]]);
    expect(due(oneMore(0, 3, 5), oneMore(1, 3, 5.2))).toEqual([
      [1, 4],
      [0, 4],
    ]);
    expect(due(...[3, 4].flatMap((at) => [oneMore(0, at, 5), oneMore(1, at, at)]))).toEqual([]);
  });

  test('who fails a replicate is out, and is not tried for ever', () => {
    const state = stateOf(...begun, oneMore(0, 3), oneMore(1, 3, 5));
    expect(replicatesDue(spec, state)).toEqual([]);
    expect(numbers(theRace(spec, leaderboard(spec, state).ranked).racers)).toEqual([1]);
  });
});

describe('finalists', () => {
  const points = [0, 1, 2, 3].flatMap((trial) => [
    asked(trial, { x: trial, arm: trial % 2 === 0 ? 'even' : 'odd' }),
    told(trial, [trial]),
  ]);
  const final = (top: number, per: readonly string[] = []) =>
    specOf({
      space: [
        ...specOf().space,
        { name: 'arm', distribution: { kind: 'categorical', values: ['even', 'odd'] }, when: {} },
      ],
      final: { until: 'test', replicates: [{ seed: 7 }, { seed: 8 }], top, per, set: {}, bestSteps: [] },
    });

  test('are the best, or the best of each arm; each is due under every seed', () => {
    expect(finalists(final(1), stateOf(...points))).toEqual([3]);
    expect(finalists(final(1, ['arm']), stateOf(...points))).toEqual([3, 2]);
    expect(finalsDue(final(1), stateOf(...points, finalTold(3))).map(({ replicate }) => replicate)).toEqual([1]);
  });

  test('with one of several looked at the others are still due', () => {
    expect(finalists(final(2), stateOf(...points, finalTold(3)))).toEqual([3, 2]);
  });

  test('what came after them and is better is named, group by group', () => {
    const better = (spec: SweepSpec, ...events: readonly JournalEvent[]) => {
      const state = stateOf(...points, ...events);
      const found = surpassedFinalists(spec, state, leaderboard(spec, state), new Set(finalists(spec, state)));
      return found.map(({ trial, value, finalists }) => ({ trial, value, finalists }));
    };
    expect(better(final(1))).toEqual([]);
    expect(better(final(1), finalTold(3))).toEqual([]);
    expect(better(final(1), finalTold(1))).toEqual([{ trial: 3, value: 3, finalists: [1] }]);
    expect(better(final(1, ['arm']), finalTold(3), finalTold(0))).toEqual([{ trial: 2, value: 2, finalists: [0] }]);
    expect(better(final(2), finalTold(3), finalTold(1))).toEqual([{ trial: 2, value: 2, finalists: [1] }]);
  });

  test('one that was looked at stays, though there is a better one, or it fits no more', () => {
    expect(finalists(final(1), stateOf(...points, finalTold(0)))).toEqual([0]);
    const outside = stateOf(phase(0, 0), asked(0, { x: 500, arm: 'odd' }), told(0, [9]), finalTold(0), phase(1, 1));
    expect(finalists(final(1), outside)).toEqual([0]);
  });

  test('of other code nothing was looked at', () => {
    const anew = stateOf(
      phase(0, 0),
      ...points,
      finalTold(3),
      phase(1, 4, { counted: 4 }),
      asked(4, { x: 1, arm: 'odd' }),
      told(4, [1]),
    );
    expect(finalists(final(1), anew)).toEqual([4]);
  });
});
